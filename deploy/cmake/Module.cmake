# walferry_module(NAME SOURCES file... [USES target...] [PRIVATE_USES target...])
# One static library a folder, called walferry_NAME. USES are the modules and libraries whose headers
# appear in this module's headers; PRIVATE_USES stay inside its sources.
function(walferry_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(walferry_${name} STATIC ${arg_SOURCES})
  target_link_libraries(walferry_${name} PUBLIC walferry_options ${arg_USES}
    PRIVATE ${arg_PRIVATE_USES})
endfunction()
