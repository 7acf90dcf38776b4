// main() of a fuzz target in ordinary builds: runs it over the files of the folders and files that
// it is given, so that what the fuzzer once found stays found.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int replay(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    if (in.bad()) {
        std::fprintf(stderr, "%s cannot be read\n", file.c_str());
        return 0;
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return 1;
}

}  // namespace

int main(int count, char** arguments) {
    int replayed = 0;
    for (int i = 1; i < count; ++i) {
        std::filesystem::path path{arguments[i]};
        if (!std::filesystem::is_directory(path)) {
            replayed += replay(path);
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator{path}) {
            replayed += replay(entry.path());
        }
    }
    std::printf("%d inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 1;
}
