# Puts page.css and page.js into page.html and writes the result as a C++ source.
# cmake -DOUTPUT=page_text.cpp -P embed.cmake
file(READ "${CMAKE_CURRENT_LIST_DIR}/page.html" page)
file(READ "${CMAKE_CURRENT_LIST_DIR}/page.css" style)
file(READ "${CMAKE_CURRENT_LIST_DIR}/page.js" script)
string(REPLACE "{{style}}" "${style}" page "${page}")
string(REPLACE "{{script}}" "${script}" page "${page}")
if(page MATCHES "\\)page\"")
  message(FATAL_ERROR "the page holds the end of its own raw string")
endif()
file(WRITE "${OUTPUT}.new" "#include <cstddef>
namespace walferry::observe {
extern const char* const page_text;
extern const std::size_t page_size;
namespace { constexpr char page_bytes[] = R\"page(${page})page\"; }
const char* const page_text = page_bytes;
const std::size_t page_size = sizeof page_bytes - 1;
}
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUTPUT}.new")
