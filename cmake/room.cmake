# Rooms with a parser that a fuzzer drives: their code counts the paths it took when the fuzzers are built.
set(CROSSDOCK_FUZZED base model config format http kafka ledger hub)

# crossdock_room(name [USES room...] [LINKS library...]): the static library of src/<name>, its .cpp files beside its .hpp files.
function(crossdock_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(crossdock_${name} STATIC ${sources})
  target_include_directories(crossdock_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ROOM_USES PREPEND crossdock_)
  target_link_libraries(crossdock_${name} PUBLIC ${ROOM_USES} ${ROOM_LINKS})
  if(CROSSDOCK_FUZZ AND name IN_LIST CROSSDOCK_FUZZED)
    target_compile_options(crossdock_${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# crossdock_tests(name [SHARDS n] [LINKS library...]): tests/<name>/*.cpp against the room; they find their data through CROSSDOCK_ROOT.
# With SHARDS, ctest knows them as <name>_0, <name>_1 and so on, each a part of the cases.
function(crossdock_tests name)
  cmake_parse_arguments(TESTS "" "SHARDS" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE crossdock_${name} ${TESTS_LINKS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE CROSSDOCK_ROOT="${CMAKE_SOURCE_DIR}")
  if(NOT TESTS_SHARDS)
    add_test(NAME ${name} COMMAND test_${name})
    return()
  endif()
  math(EXPR last "${TESTS_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}_${shard} COMMAND ${CMAKE_SOURCE_DIR}/tests/support/shard ${shard} ${TESTS_SHARDS} $<TARGET_FILE:test_${name}>)
  endforeach()
endfunction()
