#include "lib/config/reader.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace walferry::config {
namespace {

class scratch_file {
public:
    explicit scratch_file(const std::string& text)
        : path_("/tmp/walferry-config-test." + std::to_string(::getpid()) + ".yaml") {
        std::ofstream{path_} << text;
    }
    ~scratch_file() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace

TEST_CASE("a named file is read, and must be there") {
    const scratch_file file{"name: shop\n"};
    const auto read = read_configuration(file.path(), {"source.slot=s"});
    REQUIRE(read);
    CHECK(read->values.name == "shop");
    CHECK(read->values.source.slot == "s");
    CHECK(read->file == file.path());
    const auto missing = read_configuration("/nowhere/walferry.yaml", {});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == error_kind::config_invalid);
    CHECK(missing.error().message ==
          "cannot read /nowhere/walferry.yaml: No such file or directory");
}

TEST_CASE("WALFERRY_CONFIG names the file") {
    const scratch_file file{"name: from_variable\n"};
    ::setenv("WALFERRY_CONFIG", file.path().c_str(), 1);
    const auto read = read_configuration(std::nullopt, {});
    ::unsetenv("WALFERRY_CONFIG");
    REQUIRE(read);
    CHECK(read->values.name == "from_variable");
}

TEST_CASE("errors of the configuration have exit code 2") {
    const scratch_file file{"nmae: shop\n"};
    const auto read = read_configuration(file.path(), {});
    REQUIRE_FALSE(read);
    CHECK(exit_code_of(read.error().kind) == 2);
    CHECK(read.error().message == file.path() + ":1:1: nmae: unknown key; did you mean \"name\"?");
}

TEST_CASE("a folder is no file") {
    CHECK_FALSE(read_whole_file("/tmp"));
}

}  // namespace walferry::config
