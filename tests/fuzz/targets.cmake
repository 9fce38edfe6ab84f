# Each tests/fuzz/<name>.cpp is a target. With clang it becomes the program fuzz_<name>, for ./dev fuzz; otherwise
# replay_<name>, which runs the files of tests/fuzz/corpus/<name> as a test.

# What the targets need of folders that would otherwise bring half of the vault along.
add_library(coffer_fuzz_subjects STATIC
  vault/api/wire/body.cpp vault/api/wire/paging.cpp vault/api/wire/query.cpp vault/connect/callback_url.cpp
  vault/net/chunked_decoder.cpp vault/net/http_syntax.cpp vault/net/request_head.cpp vault/net/request_reader.cpp
  vault/net/request_target.cpp vault/net/server_message.cpp vault/net/wiped_buffer.cpp
  vault/store/credential_codec.cpp vault/store/record_codec.cpp)
target_link_libraries(coffer_fuzz_subjects PUBLIC coffer_oauth coffer_catalog CURL::libcurl)

file(GLOB targets CONFIGURE_DEPENDS tests/fuzz/*.cpp)
foreach(target ${targets})
  get_filename_component(name ${target} NAME_WE)
  if(COFFER_BUILD_FUZZ)
    add_executable(fuzz_${name} ${target})
    target_link_libraries(fuzz_${name} PRIVATE coffer_fuzz_subjects)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(replay_${name} ${target} tests/support/replay_corpus.cpp)
    target_link_libraries(replay_${name} PRIVATE coffer_fuzz_subjects)
    add_test(NAME "fuzz: corpus of ${name}" COMMAND replay_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties("fuzz: corpus of ${name}" PROPERTIES TIMEOUT 60)
  endif()
endforeach()
