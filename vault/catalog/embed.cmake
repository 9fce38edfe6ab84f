# Two uses. Included by CMakeLists.txt: coffer_embed_fixtures(target) adds the generated source to the target.
# Run as a script (cmake -DSOURCE_DIR=... -DOUTPUT=... -P embed.cmake): writes that source.

set(COFFER_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
set(COFFER_LITERAL_BYTES 60000)  # ISO C++ [implimits] recommends 65536 for a literal

function(coffer_embed_fixtures target)
  file(GLOB fixtures CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fixtures/toolkits/*.json
       ${PROJECT_SOURCE_DIR}/fixtures/providers/*.json)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/embedded_fixtures.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR}/fixtures -DOUTPUT=${output} -P ${COFFER_EMBED_SCRIPT}
    DEPENDS ${fixtures} ${COFFER_EMBED_SCRIPT}
    COMMENT "Embedding toolkits and providers"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

# A JSON text holds no line break inside a string, so indentation goes without parsing.
function(coffer_append_file path index code)
  file(READ ${path} text)
  string(REGEX REPLACE "\n *" "" text "${text}")
  string(LENGTH "${text}" length)
  set(parts "")
  set(position 0)
  while(position LESS length)
    string(SUBSTRING "${text}" ${position} ${COFFER_LITERAL_BYTES} part)
    string(APPEND parts "    R\"~json~(${part})~json~\",\n")
    math(EXPR position "${position} + ${COFFER_LITERAL_BYTES}")
  endwhile()
  set(${code} "${${code}}constexpr std::string_view ${index}[] = {\n${parts}};\n" PARENT_SCOPE)
endfunction()

function(coffer_append_folder folder code)
  set(result "${${code}}")
  set(table "")
  file(GLOB paths ${SOURCE_DIR}/${folder}/*.json)
  list(SORT paths)
  set(number 0)
  foreach(path IN LISTS paths)
    get_filename_component(name ${path} NAME)
    set(symbol k_${folder}_${number})
    coffer_append_file(${path} ${symbol} result)
    string(APPEND table "    {\"${name}\", ${symbol}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND result "constexpr EmbeddedFile k_${folder}[] = {\n${table}};\n\n")
  set(${code} "${result}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(source "#include \"vault/catalog/embedded.h\"\n\nnamespace coffer {\nnamespace {\n\n")
  coffer_append_folder(toolkits source)
  coffer_append_folder(providers source)
  string(APPEND source "}  // namespace\n\n"
         "std::span<const EmbeddedFile> embedded_toolkits() { return k_toolkits; }\n"
         "std::span<const EmbeddedFile> embedded_providers() { return k_providers; }\n\n"
         "}  // namespace coffer\n")
  file(WRITE ${OUTPUT} "${source}")
endif()
