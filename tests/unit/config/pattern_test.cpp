#include "lib/config/pattern.hpp"

#include <catch2/catch.hpp>

namespace walferry::config {
namespace {

pattern_list tables(const std::vector<std::string>& texts) {
    return pattern_list::compile(texts, pattern_subject::table).value();
}

pattern_list columns(const std::vector<std::string>& texts) {
    return pattern_list::compile(texts, pattern_subject::column).value();
}

std::string fault_of(const std::string& text) {
    const auto read = pattern::compile(text, pattern_subject::table);
    return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("a glob names tables") {
    CHECK(tables({"public.orders"}).has_table("public", "orders"));
    CHECK_FALSE(tables({"public.orders"}).has_table("public", "orders2"));
    CHECK_FALSE(tables({"public.orders"}).has_table("private", "orders"));
    CHECK(tables({"public.*"}).has_table("public", "anything"));
    CHECK_FALSE(tables({"public.*"}).has_table("public2", "anything"));
    CHECK(tables({"*.orders"}).has_table("x", "orders"));
    CHECK(tables({"public.t_?"}).has_table("public", "t_1"));
    CHECK_FALSE(tables({"public.t_?"}).has_table("public", "t_12"));
    CHECK(tables({"p*c.o*s"}).has_table("public", "orders"));
    CHECK(tables({"*.*"}).has_table("a", "b"));
}

TEST_CASE("a pattern with too few dots names the last parts") {
    CHECK(tables({"orders"}).has_table("anywhere", "orders"));
    CHECK_FALSE(tables({"orders"}).has_table("orders", "x"));
    CHECK(tables({"*"}).has_table("any", "thing"));
    CHECK(columns({"password"}).has_column("s", "t", "password"));
    CHECK(columns({"users.password"}).has_column("s", "users", "password"));
    CHECK_FALSE(columns({"users.password"}).has_column("s", "logins", "password"));
    CHECK(columns({"public.users.*"}).has_column("public", "users", "id"));
}

TEST_CASE("stars stay inside a part, and names may have dots and capitals") {
    CHECK(tables({"public.*"}).has_table("public", "with.dot"));
    CHECK(tables({"public.with.dot"}).has_table("public", "with.dot"));
    CHECK(tables({"my.schema.t"}).has_table("my.schema", "t"));
    CHECK_FALSE(tables({"*c.t"}).has_table("pub", "c.t"));
    CHECK(tables({"public.Orders"}).has_table("public", "Orders"));
    CHECK_FALSE(tables({"public.Orders"}).has_table("public", "orders"));
    CHECK(tables({"public.tbl_?"}).has_table("public", "tbl_ä"));
    CHECK(tables({"public.ä*"}).has_table("public", "äöü"));
    CHECK(tables({"public.a\\*b"}).has_table("public", "a*b"));
    CHECK_FALSE(tables({"public.a\\*b"}).has_table("public", "axb"));
    CHECK(tables({"\\!odd.t"}).has_table("!odd", "t"));
}

TEST_CASE("quotes take what is between them literally, as SQL does") {
    CHECK(tables({R"("a.b".c)"}).has_table("a.b", "c"));
    CHECK_FALSE(tables({R"("a.b".c)"}).has_table("a", "b.c"));
    CHECK(tables({R"(a."b.c")"}).has_table("a", "b.c"));
    CHECK_FALSE(tables({R"(a."b.c")"}).has_table("a.b", "c"));
    CHECK(tables({R"("a.b".*)"}).has_table("a.b", "any"));
    CHECK(tables({R"("Orders")"}).has_table("public", "Orders"));
    CHECK(tables({R"(public."*")"}).has_table("public", "*"));
    CHECK_FALSE(tables({R"(public."*")"}).has_table("public", "t"));
    CHECK(tables({R"(public."say ""hi""")"}).has_table("public", "say \"hi\""));
    CHECK(tables({R"(public.\"t)"}).has_table("public", "\"t"));
    CHECK_FALSE(tables({"*", R"(!"a.b".c)"}).has_table("a.b", "c"));
    CHECK(tables({"*", R"(!"a.b".c)"}).has_table("a", "b.c"));
    CHECK(fault_of(R"(public."t)").find("nothing ends") != std::string::npos);
    CHECK(fault_of(R"(")").find("nothing ends") != std::string::npos);
}

TEST_CASE("exclusions win, in any order") {
    const pattern_list first = tables({"!public.tmp_*", "public.*"});
    const pattern_list last = tables({"public.*", "!public.tmp_*"});
    for (const pattern_list* list : {&first, &last}) {
        CHECK(list->has_table("public", "orders"));
        CHECK_FALSE(list->has_table("public", "tmp_1"));
        CHECK_FALSE(list->has_table("private", "orders"));
    }
}

TEST_CASE("a list of exclusions means all but those, an empty one all") {
    CHECK(tables({"!public.tmp_*"}).has_table("other", "t"));
    CHECK_FALSE(tables({"!public.tmp_*"}).has_table("public", "tmp_x"));
    CHECK(tables({}).has_table("a", "b"));
    CHECK(tables({}).empty());
    CHECK(pattern_list{}.has_column("a", "b", "c"));
}

TEST_CASE("an expression matches the whole name") {
    CHECK(tables({"/public\\.t[0-9]+/"}).has_table("public", "t12"));
    CHECK_FALSE(tables({"/public\\.t[0-9]+/"}).has_table("public", "t12x"));
    CHECK_FALSE(tables({"!/public\\.t[0-9]+/"}).has_table("public", "t1"));
    CHECK(columns({"/.*\\.(mail|phone)/"}).has_column("s", "t", "phone"));
}

TEST_CASE("prefixes of messages have one part") {
    const auto list =
        pattern_list::compile({"audit*", "!audit.x"}, pattern_subject::prefix).value();
    CHECK(list.has_prefix("audit"));
    CHECK(list.has_prefix("audit.log"));
    CHECK_FALSE(list.has_prefix("audit.x"));
    CHECK_FALSE(list.has_prefix("other"));
}

TEST_CASE("broken patterns say why") {
    CHECK(fault_of("") == "\"\" is an empty pattern");
    CHECK(fault_of("!") == "\"!\" is an empty pattern");
    CHECK(fault_of("/abc") ==
          "\"/abc\" is not a regular expression between slashes like /public\\.t.*/");
    CHECK(fault_of("/a(/") == "\"/a(/\" is not a regular expression of RE2: missing ): a(");
    CHECK(fault_of("/a(?=b)/").find("invalid perl operator") != std::string::npos);
}

TEST_CASE("a hostile pattern does not take exponential time") {
    std::string stars;
    for (int i = 0; i < 30; ++i) {
        stars += "*a";
    }
    CHECK_FALSE(tables({"s." + stars + "b"}).has_table("s", std::string(63, 'a')));
    CHECK(tables({"s." + stars}).has_table("s", std::string(63, 'a')));
}

}  // namespace walferry::config
