# Tests that run the programs: transcripts of the command line, the examples, the documents' shell blocks.

coffer_unit_tests(cli coffer_cli)

find_program(PYTHON3 python3 REQUIRED)

function(coffer_script_test name script)
  add_test(NAME "scripts: ${name}" COMMAND ${PYTHON3} ${CMAKE_SOURCE_DIR}/${script} ${ARGN})
  set_tests_properties("scripts: ${name}" PROPERTIES TIMEOUT 300)
endfunction()

file(GLOB transcripts CONFIGURE_DEPENDS tests/scripts/transcripts/*.txt)
foreach(transcript ${transcripts})
  get_filename_component(name ${transcript} NAME_WE)
  coffer_script_test("transcript ${name}" tests/scripts/transcripts.py $<TARGET_FILE:coffer> ${name})
endforeach()

coffer_script_test("the whole life of a connection" examples/lifecycle.py $<TARGET_FILE:coffer>)
coffer_script_test("the version is the project's" tests/scripts/version_test.py $<TARGET_FILE:coffer> ${PROJECT_VERSION})
coffer_script_test("what the first Python SDK sends" tests/scripts/legacy_python_test.py $<TARGET_FILE:coffer>)
coffer_script_test("the table of scenarios" tests/scripts/testing_doc_test.py)
coffer_script_test("shell blocks of the documents" tests/scripts/docs_test.py $<TARGET_FILE:coffer>)

coffer_script_test("a stop while a provider hangs" tests/crash/stop_daemon.py $<TARGET_FILE:coffer>)
coffer_script_test("kill -9 at any point" tests/crash/kill_daemon.py $<TARGET_FILE:coffer> 20)

add_executable(embed examples/embed.cpp)
target_link_libraries(embed PRIVATE coffer_vault coffer_mockprovider)
add_test(NAME "examples: the library alone" COMMAND embed)
set_tests_properties("examples: the library alone" PROPERTIES TIMEOUT 60)

# Others' code on Node: once is enough, without sanitizers. ./dev installs the packages.
if(NOT COFFER_SANITIZE)
  coffer_script_test("Composio's SDKs" tests/sdk/run.py $<TARGET_FILE:coffer>)
  set_tests_properties("scripts: Composio's SDKs" PROPERTIES TIMEOUT 600)
  coffer_script_test("what the mock provider conforms to" tests/mock/run.py $<TARGET_FILE:coffer> suite.mjs)
  coffer_script_test("the mock provider's clients in test runners" tests/mock/clients_test.py $<TARGET_FILE:coffer>)
  coffer_script_test("the vault as a client of oidc-provider" tests/mock/vault_test.py $<TARGET_FILE:coffer>)
endif()
