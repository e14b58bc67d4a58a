# Compiler, warnings, hardening and sanitizers: said once for every room.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# -O2, not -O3: shorter to compile. Link-time optimization would cost every small change a whole link.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)

add_compile_options(-Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wshadow -Wextra-semi -Wno-gnu-zero-variadic-macro-arguments)
  add_link_options(-fuse-ld=lld)
else()
  # GCC 12 reports these falsely in libstdc++ and Asio at -O2.
  add_compile_options(-fcoroutines -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict
                      -Wno-dangling-pointer -Wno-nonnull -Wno-mismatched-new-delete -Wno-stringop-overread)
  # A unit includes its files, and GCC takes what is in their anonymous namespaces for a header's.
  if(CMAKE_UNITY_BUILD)
    add_compile_options(-Wno-subobject-linkage)
  endif()
endif()

# Fuzzers want every room instrumented, not only their own file.
if(CROSSDOCK_FUZZ AND NOT CROSSDOCK_SANITIZE)
  set(CROSSDOCK_SANITIZE fuzzer-no-link,address,undefined)
endif()
if(CROSSDOCK_SANITIZE)
  add_compile_options(-fsanitize=${CROSSDOCK_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${CROSSDOCK_SANITIZE})
else()
  add_compile_options(-fstack-protector-strong -fcf-protection)
  add_link_options(-Wl,-z,relro,-z,now)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
endif()

# Asio and Beast are compiled once, in the rooms that own them.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                        BOOST_ERROR_CODE_HEADER_ONLY)
