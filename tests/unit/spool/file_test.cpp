#include "lib/spool/file.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace walferry;

namespace {

struct folder {
    folder() {
        std::string name = std::filesystem::temp_directory_path() / "spool-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("the spool's file has no name, and gives back what was written") {
    folder here;
    spool::file file{here.path};
    REQUIRE(file.write(0, "zero"));
    REQUIRE(file.write(1 << 20, "a mebibyte behind"));
    CHECK(std::filesystem::is_empty(here.path));
    std::string found(17, ' ');
    REQUIRE(file.read(1 << 20, found.data(), found.size()));
    CHECK(found == "a mebibyte behind");
    found.resize(4);
    REQUIRE(file.read(0, found.data(), found.size()));
    CHECK(found == "zero");
}

TEST_CASE("what was discarded at the end is gone, and what stands before it is not") {
    folder here;
    spool::file file{here.path};
    REQUIRE(file.write(0, "zero"));
    REQUIRE(file.write(1 << 20, "behind"));
    file.discard(1 << 20, 1 << 20);
    std::string found(6, ' ');
    CHECK_FALSE(file.read(1 << 20, found.data(), found.size()));
    CHECK(file.read(0, found.data(), 4));
}

TEST_CASE("a folder that cannot be used is told with the key and the reason") {
    folder here;
    spool::file file{here.path / "missing"};
    const auto opened = file.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == error_kind::config_invalid);
    CHECK(opened.error().message.find("source.spool.directory") != std::string::npos);
    CHECK(opened.error().message.find("No such file") != std::string::npos);
}
