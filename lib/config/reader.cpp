#include "lib/config/reader.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

namespace walferry::config {
namespace {

// A configuration or secret is small; a device or a wrong path must not fill the memory.
constexpr std::size_t file_bytes_max = 16u << 20;

struct file_closer {
    void operator()(std::FILE* open) const { std::fclose(open); }
};

std::string because(const std::string& path) {
    return "cannot read " + path + ": " + std::strerror(errno);
}

// The file to load; nothing when there is none.
std::optional<std::string> find_file(const std::optional<std::string>& named,
                                     const std::map<std::string, std::string>& environment) {
    if (named) {
        return named;
    }
    const auto variable = environment.find("WALFERRY_CONFIG");
    if (variable != environment.end() && !variable->second.empty()) {
        return variable->second;
    }
    for (const char* usual : {"walferry.yaml", "/etc/walferry/walferry.yaml"}) {
        if (::access(usual, F_OK) == 0) {
            return usual;
        }
    }
    return std::nullopt;
}

}  // namespace

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> variables;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        const std::string text = *at;
        const std::size_t equals = text.find('=');
        if (equals != std::string::npos) {
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return variables;
}

tl::expected<std::string, std::string> read_whole_file(const std::string& path) {
    const std::unique_ptr<std::FILE, file_closer> open{std::fopen(path.c_str(), "rbe")};
    if (!open) {
        return tl::unexpected(because(path));
    }
    std::string text;
    std::array<char, 8192> block;
    std::size_t count = 0;
    while ((count = std::fread(block.data(), 1, block.size(), open.get())) > 0) {
        text.append(block.data(), count);
        if (text.size() > file_bytes_max) {
            return tl::unexpected("cannot read " + path + ": larger than 16 MiB");
        }
    }
    if (std::ferror(open.get()) != 0) {
        return tl::unexpected(because(path));
    }
    return text;
}

result<configuration> read_configuration(const std::optional<std::string>& file,
                                         const std::vector<std::string>& overrides) {
    inputs from;
    from.overrides = overrides;
    from.references = {process_environment(), read_whole_file};
    if (const auto found = find_file(file, from.references.environment)) {
        auto text = read_whole_file(*found);
        if (!text) {
            return fail(error_kind::config_invalid, text.error());
        }
        from.file_name = *found;
        from.file_text = std::move(*text);
    }
    auto loaded = load(from);
    if (!loaded) {
        return fail(error_kind::config_invalid, describe(loaded.error()));
    }
    return std::move(*loaded);
}

}  // namespace walferry::config
