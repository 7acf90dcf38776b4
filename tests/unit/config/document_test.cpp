#include "lib/config/document.hpp"

#include <catch2/catch.hpp>

namespace walferry::config {
namespace {

std::string first_fault(std::string_view text) {
    const document read = read_document(text);
    return read.wrong.empty() ? "" : to_string(read.wrong[0].at) + ": " + read.wrong[0].message;
}

}  // namespace

TEST_CASE("scalars keep their characters") {
    const node root = read_document("a: no\nb: 1.10\nc: '0777'\nd: \"x\"\n").root;
    CHECK(find(root, "a")->text == "no");
    CHECK(find(root, "b")->text == "1.10");
    CHECK(find(root, "c")->text == "0777");
    CHECK(find(root, "d")->text == "x");
    CHECK(find(root, "e") == nullptr);
}

TEST_CASE("places count from one") {
    const node root = read_document("a:\n  b: x\n").root;
    const node& inner = root.items[0];
    CHECK(to_string(inner.names[0].at) == "2:3");
    CHECK(to_string(inner.items[0].at) == "2:6");
}

TEST_CASE("nothing is nothing") {
    CHECK(read_document("").root.what == node::kind::nothing);
    CHECK(read_document("# only a comment\n").root.what == node::kind::nothing);
    CHECK(read_document("a:\n").root.items[0].what == node::kind::nothing);
}

TEST_CASE("what misleads is refused at its place") {
    CHECK(first_fault("a: 1\nb: 2\na: 3\n") == "3:1: \"a\" stands twice, first in line 1");
    CHECK(first_fault("a: &x 1\n") ==
          "1:4: anchors are not supported; quote a text that starts with &");
    CHECK(first_fault("a: &x [1]\nb: *x\n") ==
          "1:4: anchors are not supported; quote a text that starts with &");
    CHECK(first_fault("a: [*.orders]\n").find("quote a text that starts with *") !=
          std::string::npos);
    CHECK(first_fault("a: [public.*, !public.tmp_*]\n") ==
          "1:15: \"!public.tmp_*\" is a YAML tag; quote a text that starts with !");
    CHECK(first_fault("a: 1\n---\nb: 2\n").find("a second document") != std::string::npos);
    CHECK(first_fault("? [1]\n: 2\n").find("a key must be a word") != std::string::npos);
}

TEST_CASE("broken syntax has a place") {
    CHECK(first_fault("a: [1\n").starts_with("2:1: YAML syntax: "));
    CHECK(first_fault("a:\n\tb: 1\n").find("with spaces, not with tabs") != std::string::npos);
    CHECK_FALSE(first_fault(std::string(5000, '[')).empty());
}

TEST_CASE("flow text reads back as the same") {
    for (const char* text :
         {"plain",       "",      "true",        "123", "a: b", "- x",  "a,b", "{x}",     "quo\"te",
          "back\\slash", "tab\t", "line\nbreak", "#no", "x #y", "null", "~",   " space ", "ä",
          "*a",          "!b",    "a:",          "\x01"}) {
        const std::string flow = "[" + to_flow(text_node(text)) + "]";
        const document read = read_document(flow);
        INFO(flow);
        REQUIRE(read.wrong.empty());
        CHECK(read.root.items[0].text == text);
        CHECK(read.root.items[0].what == node::kind::scalar);
    }
}

}  // namespace walferry::config
