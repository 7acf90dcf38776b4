#include "lib/capture/capture_reader.hpp"
#include "lib/capture/capture_writer.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace walferry::capture {
namespace {

using step = capture_reader::step;

// A folder that is gone at the end of the test.
class folder {
public:
    folder()
        : path_(std::filesystem::temp_directory_path() /
                ("capture." + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

change::catalog two_entries() {
    change::catalog known;
    change::type_description mood;
    mood.id = 70'000;
    mood.name = "mood";
    mood.kind = 'e';
    mood.labels = {"sad", "happy"};
    known.put(mood);
    change::table_description people;
    people.id = 70'001;
    people.name = "people";
    people.primary_key = {"id"};
    people.columns = {{"id", true, false, true, "", "the number", "integer"}};
    known.put(people);
    return known;
}

header some_server() {
    header about;
    about.system = 0xfedcba9876543210u;
    about.timeline = 3;
    about.database = "shop";
    about.slot = "walferry_shop";
    about.from = {0x16B3748};
    return about;
}

void write_capture(const std::string& path) {
    auto out = capture_writer::open(path, some_server());
    REQUIRE(out);
    REQUIRE(out->add("first frame", {1'000}));
    REQUIRE(out->add(two_entries()));
    REQUIRE(out->add(std::string(300'000, 'x'), {2'000}));
    REQUIRE(out->add("", {3'000}));
    REQUIRE(out->finish());
}

std::string content(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// Reads to the end; the error's text, empty when there was none.
std::string read_all(const std::string& path) {
    auto in = capture_reader::open(path);
    if (!in) {
        return in.error().message;
    }
    for (;;) {
        auto next = in->next();
        if (!next) {
            return next.error().message;
        }
        if (*next == step::end) {
            return {};
        }
    }
}

TEST_CASE("a capture gives back what was put in, in order") {
    folder place;
    write_capture(place.file("a"));
    auto in = capture_reader::open(place.file("a"));
    REQUIRE(in);
    CHECK(in->about().system == 0xfedcba9876543210u);
    CHECK(in->about().from == lsn{0x16B3748});
    CHECK(in->about().slot == "walferry_shop");
    CHECK(in->next() == step::frame);
    CHECK(in->frame() == "first frame");
    CHECK(in->arrived().microseconds == 1'000);
    CHECK(in->next() == step::catalog);
    REQUIRE(in->catalog().type(70'000) != nullptr);
    CHECK(in->catalog().type(70'000)->labels == std::vector<std::string>{"sad", "happy"});
    REQUIRE(in->catalog().table(70'001) != nullptr);
    CHECK(in->catalog().table(70'001)->columns.at(0).comment == "the number");
    CHECK(in->catalog().table(70'001)->columns.at(0).identity);
    CHECK(in->next() == step::frame);
    CHECK(in->frame().size() == 300'000);
    CHECK(in->next() == step::frame);
    CHECK(in->frame().empty());
    CHECK(in->next() == step::end);
    CHECK(in->next() == step::end);
    CHECK(in->frames() == 3);
}

TEST_CASE("every torn and every altered capture is noticed") {
    folder place;
    write_capture(place.file("whole"));
    const auto whole = content(place.file("whole"));
    REQUIRE(read_all(place.file("whole")).empty());
    for (std::size_t length = 0; length < whole.size(); length += length < 2'000 ? 1 : 9'973) {
        std::ofstream{place.file("torn"), std::ios::binary}.write(
            whole.data(), static_cast<std::streamsize>(length));
        INFO("cut at " << length);
        REQUIRE_FALSE(read_all(place.file("torn")).empty());
    }
    for (std::size_t at = 0; at < whole.size(); at += at < 2'000 ? 1 : 9'973) {
        auto altered = whole;
        altered[at] = static_cast<char>(altered[at] ^ 0x20);
        std::ofstream{place.file("altered"), std::ios::binary} << altered;
        INFO("altered at " << at);
        REQUIRE_FALSE(read_all(place.file("altered")).empty());
    }
}

TEST_CASE("a capture never replaces a file") {
    folder place;
    std::ofstream{place.file("mine")} << "precious";
    auto out = capture_writer::open(place.file("mine"), some_server());
    REQUIRE_FALSE(out);
    CHECK(out.error().kind == error_kind::output_failed);
    CHECK(content(place.file("mine")) == "precious");
}

}  // namespace
}  // namespace walferry::capture
