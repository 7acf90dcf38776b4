# Compiler options of every target: warnings as errors, hardening in optimised builds, sanitizers.
option(WALFERRY_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(WALFERRY_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize, e.g. address,undefined")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(walferry_options INTERFACE)
target_compile_features(walferry_options INTERFACE cxx_std_20)
target_include_directories(walferry_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(walferry_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough -Werror
  -fno-omit-frame-pointer
  # The same sources make the same binary wherever they lie.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
  $<$<CONFIG:RelWithDebInfo>:-fstack-protector-strong -fstack-clash-protection -fcf-protection>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Once g++ 12 inlines the allocator of Asio's coroutine frames, it takes new and delete for a mismatch,
  # and drops the store of the frame's resume index as dead: a coroutine then resumes anywhere.
  target_compile_options(walferry_options INTERFACE -Wduplicated-cond -Wlogical-op
    -Wno-mismatched-new-delete -fno-lifetime-dse)
endif()
if(CMAKE_UNITY_BUILD)
  # What is unnamed in one source then stands before the next ones; the dev preset compiles each alone and has
  # these warnings. A source of forty others is not large to us: the inliner's limits are for other ones.
  target_compile_options(walferry_options INTERFACE -Wno-shadow
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage --param=inline-unit-growth=400 --param=large-unit-insns=100000>)
endif()
target_compile_definitions(walferry_options INTERFACE
  $<$<CONFIG:RelWithDebInfo>:_GLIBCXX_ASSERTIONS>)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(WALFERRY_SANITIZE)
  target_compile_options(walferry_options INTERFACE -fsanitize=${WALFERRY_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(walferry_options INTERFACE -fsanitize=${WALFERRY_SANITIZE})
else()
  target_compile_definitions(walferry_options INTERFACE
    $<$<CONFIG:RelWithDebInfo>:_FORTIFY_SOURCE=2>)
  target_link_options(walferry_options INTERFACE
    $<$<CONFIG:RelWithDebInfo>:-pie -Wl,-z,relro,-z,now>)
endif()
