#include "decoders/values/array_text.hpp"

#include "decoders/values/hstore_text.hpp"

#include <catch2/catch.hpp>

using namespace walferry;

namespace {

std::string tokens(std::string_view text, char delimiter = ',') {
    using token = values::array_reader::token;
    text_buffer memory;
    values::array_reader reader{text, delimiter, memory};
    std::string seen;
    for (;;) {
        switch (reader.next()) {
            case token::open:
                seen += '<';
                break;
            case token::close:
                seen += '>';
                break;
            case token::value:
                seen += '(' + std::string{reader.value()} + ')';
                break;
            case token::null:
                seen += '0';
                break;
            case token::end:
                return seen;
            case token::broken:
                return "?";
        }
    }
}

std::string pairs(std::string_view text) {
    text_buffer key;
    text_buffer value;
    values::hstore_reader reader{text, key, value};
    std::string seen;
    for (;;) {
        auto token = reader.next();
        if (token != values::hstore_reader::token::pair) {
            return token == values::hstore_reader::token::end ? seen : "?";
        }
        seen += std::string{reader.key()} + "=" +
                (reader.is_null() ? "null" : std::string{reader.value()}) + ";";
    }
}

}  // namespace

TEST_CASE("array texts") {
    CHECK(tokens("{}") == "<>");
    CHECK(tokens("{1,NULL,\"NULL\",\"\"}") == "<(1)0(NULL)()>");
    CHECK(tokens(R"({"a\"b","c\\d","{x}"})") == R"(<(a"b)(c\d)({x})>)");
    CHECK(tokens("{{1,2},{3,4}}") == "<<(1)(2)><(3)(4)>>");
    CHECK(tokens("[0:1]={5,6}") == "<(5)(6)>");
    CHECK(tokens("{(1,1),(0,0);(2,2),(1,1)}", ';') == "<((1,1),(0,0))((2,2),(1,1))>");
    for (auto wrong : {"", "1", "{", "{1", "{\"a}", "{\"a\\", "{1}2", "x{1}"}) {
        CHECK(tokens(wrong) == "?");
    }
}

TEST_CASE("array shapes") {
    text_buffer memory;
    values::array_reader plain{"{{{1}}}", ',', memory};
    CHECK(plain.dimensions() == 3);
    values::array_reader shifted{"[0:1][2:3]={{1,2},{3,4}}", ',', memory};
    CHECK(shifted.dimensions() == 2);
    CHECK(shifted.bounds() == "[0:1][2:3]");
}

TEST_CASE("hstore texts") {
    CHECK(pairs("").empty());
    CHECK(pairs(R"("a"=>"1", "b"=>NULL)") == "a=1;b=null;");
    CHECK(pairs(R"("k \"q\""=>"v\\, w")") == R"(k "q"=v\, w;)");
    for (auto wrong : {"a", "\"a\"", "\"a\"=>", "\"a\"=>\"", "\"a\"=>\"1\"x"}) {
        CHECK(pairs(wrong) == "?");
    }
}
