#include "decoders/values/binary.hpp"

#include "tests/unit/values/bytes.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace walferry;
using values::family;

namespace {

// Types under the OIDs that they have in PostgreSQL; 50000 and more are a database's own.
class types final : public values::type_source {
public:
    values::type find(values::oid id) const override {
        auto found = known_.find(id);
        return found == known_.end() ? values::type{} : found->second;
    }

private:
    std::map<values::oid, values::type> known_{
        {16, {family::boolean}},
        {18, {family::character}},
        {17, {family::bytea}},
        {20, {family::int8}},
        {21, {family::int2}},
        {23, {family::int4}},
        {25, {family::text}},
        {26, {family::uint4}},
        {27, {family::tid}},
        {30, {family::vector}},
        {600, {family::point}},
        {601, {family::lseg}},
        {602, {family::path}},
        {603, {family::box, 0, ';'}},
        {604, {family::polygon}},
        {628, {family::line}},
        {700, {family::float4}},
        {701, {family::float8}},
        {718, {family::circle}},
        {790, {family::money}},
        {829, {family::mac_address}},
        {869, {family::network}},
        {1007, {family::array}},
        {1020, {family::array}},
        {1082, {family::date}},
        {1083, {family::time}},
        {1114, {family::timestamp}},
        {1184, {family::timestamptz}},
        {1186, {family::interval}},
        {1266, {family::timetz}},
        {1560, {family::bits}},
        {1700, {family::numeric}},
        {2950, {family::uuid}},
        {3220, {family::pg_lsn}},
        {3614, {family::tsvector}},
        {3615, {family::tsquery}},
        {3802, {family::versioned_text}},
        {3904, {family::range, 23}},
        {4451, {family::multirange, 3904}},
        {5038, {family::snapshot}},
        {5069, {family::uint8}},
        {50000, {family::composite}},
        {50001, {family::hstore}},
    };
};

std::string text_of(values::oid id, std::string_view hex) {
    text_buffer out;
    out.append("kept");
    bool good = values::append_text(out, id, from_hex(hex), types{});
    if (!good) {
        CHECK(out.view() == "kept");
        return "?";
    }
    return std::string{out.view().substr(4)};
}

}  // namespace

TEST_CASE("integers and other plain types") {
    CHECK(text_of(16, "01") == "t");
    CHECK(text_of(16, "00") == "f");
    CHECK(text_of(21, "fffe") == "-2");
    CHECK(text_of(23, "fffffffe") == "-2");
    CHECK(text_of(20, "fffffffffffffffe") == "-2");
    CHECK(text_of(26, "00003039") == "12345");
    CHECK(text_of(26, "ffffffff") == "4294967295");
    CHECK(text_of(5069, "0000000000000007") == "7");
    CHECK(text_of(3220, "00000016b374d848") == "16/B374D848");
    CHECK(text_of(27, "000000030004") == "(3,4)");
    CHECK(text_of(18, "51") == "Q");
    CHECK(text_of(18, "00").empty());
    CHECK(text_of(18, "ff") == "\\377");
    CHECK(text_of(17, "00ff") == "\\x00ff");
    CHECK(text_of(790, "00000000000004d2") == "$12.34");
    CHECK(text_of(790, "8000000000000000") == "-$92,233,720,368,547,758.08");
    CHECK(text_of(790, "ffffffffffffffff") == "-$0.01");
    CHECK(text_of(3802, "01 7b7d") == "{}");
    CHECK(text_of(3802, "02 7b7d") == "?");
    CHECK(text_of(2950, "a0eebc999c0b4ef8bb6d6bb9bd380a11") ==
          "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
}

TEST_CASE("floats have PostgreSQL's digits") {
    CHECK(text_of(700, "3fc00000") == "1.5");
    CHECK(text_of(701, "7ff8000000000000") == "NaN");
    CHECK(text_of(701, "fff0000000000000") == "-Infinity");
    CHECK(text_of(701, "8000000000000000") == "-0");
    CHECK(text_of(701, "44b52d02c7e14af6") == "9.999999999999999e+22");
    CHECK(text_of(701, "0000000000000001") == "5e-324");
    CHECK(text_of(701, "3fb999999999999a") == "0.1");
    CHECK(text_of(701, "4376345785d8a000") == "1e+17");
    CHECK(text_of(701, "4341c37937e08000") == "1e+16");
    CHECK(text_of(701, "42d6bcc41e900000") == "100000000000000");
    CHECK(text_of(700, "4b189680") == "1e+07");
    CHECK(text_of(700, "38d1b717") == "0.0001");
}

TEST_CASE("numeric") {
    CHECK(text_of(1700, "0003 0001 0000 0003 0001 0929 1a7c") == "12345.678");
    CHECK(text_of(1700, "0002 ffff 4000 0005 0001 07d0") == "-0.00012");
    CHECK(text_of(1700, "0000 0000 0000 0000") == "0");
    CHECK(text_of(1700, "0000 0000 0000 0003") == "0.000");
    CHECK(text_of(1700, "0002 0000 0000 0003 0001 1388") == "1.500");
    CHECK(text_of(1700, "0001 0002 0000 0000 0001") == "100000000");
    CHECK(text_of(1700, "0000 0000 c000 0000") == "NaN");
    CHECK(text_of(1700, "0000 0000 d000 0020") == "Infinity");
    CHECK(text_of(1700, "0000 0000 f000 0020") == "-Infinity");
    CHECK(text_of(1700, "0002 0000 0000 0003 0001") == "?");
    CHECK(text_of(1700, "0000 0000 1234 0000") == "?");
}

TEST_CASE("dates and times") {
    CHECK(text_of(1082, "0000225f") == "2024-02-03");
    CHECK(text_of(1082, "fff49d7b") == "0044-03-15 BC");
    CHECK(text_of(1082, "7fffffff") == "infinity");
    CHECK(text_of(1082, "80000000") == "-infinity");
    CHECK(text_of(1083, "000000141dd76000") == "24:00:00");
    CHECK(text_of(1083, "ffffffffffffffff") == "?");
    CHECK(text_of(1266, "000000036c97ca88 ffffb2a8") == "04:05:06.789+05:30");
    CHECK(text_of(1114, "0002b3711a446a88") == "2024-02-03 04:05:06.789");
    CHECK(text_of(1184, "0002b3711a446a88") == "2024-02-03 04:05:06.789+00");
    CHECK(text_of(1114, "ff1af9e8fb46d000") == "0044-03-15 12:00:00 BC");
    CHECK(text_of(1114, "7fffff5bb3b29fff") == "294276-12-31 23:59:59.999999");
    CHECK(text_of(1114, "7fffffffffffffff") == "infinity");
    CHECK(text_of(1186, "000000036c966ee0 fffffffd 0000000e") ==
          "1 year 2 mons -3 days +04:05:06.7");
    CHECK(text_of(1186, "7fffffffffffffff 7fffffff 7fffffff") == "infinity");
    CHECK(text_of(1186, "8000000000000000 80000000 80000000") == "-infinity");
    CHECK(text_of(1186, "0000000000000000 00000000 00000000") == "00:00:00");
}

TEST_CASE("bits and addresses") {
    CHECK(text_of(1560, "00000005 b0") == "10110");
    CHECK(text_of(1560, "00000000").empty());
    CHECK(text_of(1560, "ffffffff b0") == "?");
    CHECK(text_of(869, "02 18 00 04 c0a80105") == "192.168.1.5/24");
    CHECK(text_of(869, "02 08 01 04 0a000000") == "10.0.0.0/8");
    CHECK(text_of(869, "03 80 00 10 00000000000000000000000000000001") == "::1");
    CHECK(text_of(869, "03 40 00 10 20010db8000000000000000000000000") == "2001:db8::/64");
    CHECK(text_of(869, "03 80 00 10 00000000000000000000ffff01020304") == "::ffff:1.2.3.4");
    CHECK(text_of(869, "02 18 00 04 c0a801") == "?");
    CHECK(text_of(829, "08002b010203") == "08:00:2b:01:02:03");
    CHECK(text_of(829, "08002b0102") == "?");
}

TEST_CASE("geometry") {
    const std::string one = "3ff0000000000000";
    const std::string two = "4000000000000000";
    CHECK(text_of(600, one + two) == "(1,2)");
    CHECK(text_of(601, one + two + one + two) == "[(1,2),(1,2)]");
    CHECK(text_of(603, two + two + one + one) == "(2,2),(1,1)");
    CHECK(text_of(628, one + two + one) == "{1,2,1}");
    CHECK(text_of(718, one + two + one) == "<(1,2),1>");
    CHECK(text_of(602, "00 00000001" + one + two) == "[(1,2)]");
    CHECK(text_of(602, "01 00000001" + one + two) == "((1,2))");
    CHECK(text_of(604, "00000001" + one + two) == "((1,2))");
    CHECK(text_of(604, "7fffffff" + one + two) == "?");
}

TEST_CASE("text search") {
    CHECK(text_of(3614, "00000002 6100 0001 c001 6200 0002 0002 8003") == "'a':1A 'b':2,3B");
    CHECK(text_of(3614, "00000001 615c2700 0000") == "'a\\\\'''");
    CHECK(text_of(3615, "00000000").empty());
    // a & !b:*A
    CHECK(text_of(3615, "00000004 02 02 02 01 01 08 01 6200 01 00 00 6100") == "'a' & !'b':*A");
    // (a | b) & c
    CHECK(text_of(3615, "00000005 02 02 01 00 00 6300 02 03 01 00 00 6200 01 00 00 6100") ==
          "( 'a' | 'b' ) & 'c'");
    // a <2> b
    CHECK(text_of(3615, "00000003 02 04 0002 01 00 00 6200 01 00 00 6100") == "'a' <2> 'b'");
    CHECK(text_of(3615, "00000001 02 02") == "?");
}

TEST_CASE("containers") {
    CHECK(text_of(1007,
                  "00000001 00000001 00000017 00000003 00000001 00000004 00000001 00000004 "
                  "00000002 ffffffff") == "{1,2,NULL}");
    CHECK(text_of(1007, "00000000 00000000 00000017") == "{}");
    CHECK(text_of(1007,
                  "00000002 00000000 00000017 00000002 00000000 00000001 00000002 00000004 "
                  "00000001 00000004 00000002") == "[0:1][2:2]={{1},{2}}");
    CHECK(text_of(1007,
                  "00000001 00000000 00000019 00000003 00000001 00000000 00000004 6e756c6c "
                  "00000003 61225c") == R"({"","null","a\"\\"})");
    CHECK(text_of(1007, "00000007 00000000 00000017") == "?");
    CHECK(text_of(1007, "00000001 00000000 00000017 7fffffff 00000001") == "?");
    CHECK(text_of(30,
                  "00000001 00000000 0000001a 00000003 00000000 00000004 00000001 00000004 "
                  "00000002 00000004 00000003") == "1 2 3");
    CHECK(text_of(50000, "00000002 00000017 00000004 00000001 00000019 00000001 61") == "(1,a)");
    CHECK(text_of(50000, "00000003 00000019 00000000 00000019 ffffffff 00000019 00000002 2822") ==
          R"x(("",,"("""))x");
    CHECK(text_of(3904, "02 00000004 00000001 00000004 00000005") == "[1,5)");
    CHECK(text_of(3904, "01") == "empty");
    CHECK(text_of(3904, "08 00000004 00000005") == "(,5)");
    CHECK(text_of(3904, "18") == "(,)");
    CHECK(text_of(4451, "00000000") == "{}");
    CHECK(text_of(4451, "00000001 00000011 02 00000004 00000001 00000004 00000005") == "{[1,5)}");
    CHECK(text_of(5038,
                  "00000002 000000000000000a 0000000000000014 000000000000000a "
                  "000000000000000e") == "10:20:10,14");
    CHECK(text_of(50001, "00000002 00000001 61 00000001 31 00000001 22 ffffffff") ==
          R"("a"=>"1", "\""=>NULL)");
}

TEST_CASE("any prefix of a value is refused or shorter, never read beyond its end") {
    const std::map<values::oid, std::string> samples{
        {1007, "00000001 00000001 00000017 00000002 00000001 00000004 00000001 ffffffff"},
        {50000, "00000002 00000017 00000004 00000001 00000019 00000001 61"},
        {3614, "00000002 6100 0001 c001 6200 0002 0002 8003"},
        {3615, "00000004 02 02 02 01 01 08 01 6200 01 00 00 6100"},
        {1186, "000000036c966ee0 fffffffd 0000000e"},
        {4451, "00000001 00000011 02 00000004 00000001 00000004 00000005"},
        {50001, "00000002 00000001 61 00000001 31 00000001 22 ffffffff"},
        {1700, "0003 0001 0000 0003 0001 0929 1a7c"}};
    for (const auto& [id, hex] : samples) {
        auto whole = from_hex(hex);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            text_buffer out;
            CHECK_FALSE(
                values::append_text(out, id, std::string_view{whole}.substr(0, length), types{}));
        }
    }
}

TEST_CASE("what is not known is refused") {
    CHECK(text_of(99999, "00") == "?");
    CHECK(text_of(23, "0000000100") == "?");
    CHECK(text_of(50000, "00000001 0001869f 00000001 61") == "?");
}
