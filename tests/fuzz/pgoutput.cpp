// Feeds one decoder and the assembler behind it with a sequence of messages.
//
// input  := message*          message := Int16 length  bytes     (the last one may be cut)
//
// Whatever the bytes: nothing crashes, every view lies inside its message, a message that is
// understood is what its bytes say (it is built again from the decoded values and compared), and
// changes come with ascending positions and rows that fit their table.

#include "decoders/pgoutput/decoder.hpp"
#include "lib/base/assert.hpp"
#include "lib/base/byte_reader.hpp"
#include "lib/change/assembler.hpp"
#include "tests/fuzz/inside.hpp"
#include "tests/support/pgoutput_rebuild.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

using namespace walferry;
using test::must_lie_inside;

namespace {

void check_row(pgoutput::row row, std::string_view whole) {
    for (const auto& value : row) {
        must_lie_inside(value.bytes, whole);
    }
}

struct view_checker {
    std::string_view whole;

    void name(std::string_view text) const {
        if (text != "pg_catalog") {
            must_lie_inside(text, whole);
        }
    }
    void operator()(const pgoutput::origin& it) const { name(it.name); }
    void operator()(const pgoutput::relation& it) const {
        name(it.schema);
        must_lie_inside(it.name, whole);
        for (const auto& column : it.columns) {
            must_lie_inside(column.name, whole);
        }
    }
    void operator()(const pgoutput::type& it) const {
        name(it.schema);
        must_lie_inside(it.name, whole);
    }
    void operator()(const pgoutput::insert& it) const { check_row(it.after, whole); }
    void operator()(const pgoutput::update& it) const {
        check_row(it.before, whole);
        check_row(it.after, whole);
    }
    void operator()(const pgoutput::delete_row& it) const { check_row(it.before, whole); }
    void operator()(const pgoutput::logical_message& it) const {
        must_lie_inside(it.prefix, whole);
        must_lie_inside(it.content, whole);
    }
    void operator()(const pgoutput::two_phase& it) const { must_lie_inside(it.gid, whole); }
    template <typename numbers_only>
    void operator()(const numbers_only&) const {}
};

class session {
public:
    void feed(std::string_view message) {
        bool in_block = in_block_;
        if (decoder_.decode(message, decoded_) != pgoutput::defect::none) {
            start_again();
            return;
        }
        std::visit(view_checker{message}, decoded_.content);
        auto rebuilt = test::rebuild(decoded_, in_block);
        WALFERRY_ASSERT(!rebuilt || *rebuilt == message);
        in_block_ = message[0] == 'S' || (in_block && message[0] != 'E');
        auto step = assembler_.apply(decoded_, {++fed_});
        if (!step) {
            WALFERRY_ASSERT(step.error().kind == error_kind::protocol_violation);
            start_again();
        } else if (*step == change::step::begin) {
            last_ = {};
        } else if (*step == change::step::changes) {
            check_changes(message);
        }
    }

private:
    // What the engine does after an error: a new session with the same parts.
    void start_again() {
        decoder_.reset();
        assembler_.new_session();
        in_block_ = false;
    }

    void check_changes(std::string_view message) {
        for (const auto& made : assembler_.changes()) {
            check_row(made.before, message);
            check_row(made.after, message);
            if (made.what == change::operation::message) {
                WALFERRY_ASSERT((made.in == nullptr) == (made.at.sequence == 0));
            } else {
                WALFERRY_ASSERT(made.in != nullptr && made.table != nullptr);
                auto columns = made.table->columns.size();
                WALFERRY_ASSERT(made.after.empty() || made.after.size() == columns);
                WALFERRY_ASSERT(made.before.empty() || made.before.size() == columns);
            }
            if (made.in != nullptr) {
                WALFERRY_ASSERT(made.at.commit == assembler_.current().commit_lsn);
                WALFERRY_ASSERT(made.at.sequence == last_.sequence + 1);
                last_ = made.at;
            }
        }
    }

    pgoutput::decoder decoder_;
    pgoutput::message decoded_;
    change::assembler assembler_;
    position last_;
    std::uint64_t fed_ = 0;
    bool in_block_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    byte_reader in{{reinterpret_cast<const char*>(data), size}};
    session fed;
    while (!in.at_end()) {
        std::size_t length = in.u16();
        // Exactly as long as the message, so that the address sanitizer sees every byte too far.
        auto taken = in.bytes(std::min(length, in.remaining()));
        std::vector<char> message{taken.begin(), taken.end()};
        fed.feed({message.data(), message.size()});
    }
    return 0;
}
