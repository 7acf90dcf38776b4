// Random histories: the ledger against a slow one that is obviously right, and the same histories
// against slow ones that are wrong on purpose, so that we know that they would notice.

#include "lib/ledger/ledger.hpp"
#include "tests/unit/ledger/slow_ledger.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace walferry;
using namespace walferry::test;

namespace {

// Drives two ledgers through one random history and compares what they answer after every step.
template <typename subject>
class history {
public:
    history(std::uint64_t seed, subject under_test)
        : random_(seed), under_test_(std::move(under_test)) {}

    // Empty, or the first difference.
    std::string run(int steps) {
        for (int i = 0; i < steps; ++i) {
            auto name = step();
            if (auto difference = compare(); !difference.empty()) {
                return "step " + std::to_string(i) + ", " + name + ": " + difference;
            }
        }
        return {};
    }

private:
    struct outstanding {
        std::uint64_t in_model;
        std::uint64_t in_subject;
    };

    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    template <typename call>
    void both(call what) {
        what(model_);
        what(under_test_);
    }

    std::string step() {
        switch (below(16)) {
            case 0:
            case 1:
            case 2:
                return model_.is_open() ? send() : open();
            case 3:
            case 4:
            case 5:
                return model_.is_open() ? close() : open();
            case 6:
            case 7: {
                // Below, at and above what was received.
                auto received = model_.received().value;
                lsn at{received + below(6) - std::min<std::uint64_t>(2, received)};
                now_ = std::max(now_, at.value);
                both([&](auto& book) { book.keepalive(at); });
                return "keepalive";
            }
            case 8:
                if (below(4) == 0) {
                    both([](auto& book) { book.reset_open(); });
                    return "reset_open";
                }
                return confirm();
            case 9:
                if (below(12) == 0) {
                    both([](auto& book) { book.discard_outstanding(); });
                    out_.clear();
                    now_ = model_.received().value;
                    return "discard_outstanding";
                }
                return confirm();
            default:
                return below(3) == 0 && model_.is_open() ? send() : confirm();
        }
    }

    std::string open() {
        ticket_ = {model_.open(), under_test_.open()};
        return "open";
    }

    std::string send() {
        both([](auto& book) { book.sent(); });
        out_.push_back(ticket_);
        return "sent";
    }

    std::string close() {
        now_ = std::max(now_, model_.received().value) + 1 + below(4);
        both([&](auto& book) { book.close({now_}); });
        return "close";
    }

    std::string confirm() {
        if (out_.empty()) {
            return "nothing";
        }
        // Mostly in order, as brokers do; sometimes any.
        auto which = below(4) == 0 ? below(out_.size()) : 0;
        auto record = out_[which];
        out_.erase(out_.begin() + static_cast<std::ptrdiff_t>(which));
        model_.confirmed(record.in_model);
        under_test_.confirmed(record.in_subject);
        return "confirmed";
    }

    std::string compare() {
        auto differ = [](const char* what, auto expected, auto got) {
            return std::string{what} + " should be " + std::to_string(expected) + " and is " +
                   std::to_string(got);
        };
        if (model_.acknowledgeable() != under_test_.acknowledgeable()) {
            return differ("acknowledgeable", model_.acknowledgeable().value,
                          under_test_.acknowledgeable().value);
        }
        if (model_.acknowledgeable() < highest_) {
            return differ("the model's own highest", highest_.value,
                          model_.acknowledgeable().value);
        }
        highest_ = model_.acknowledgeable();
        if (model_.received() != under_test_.received()) {
            return differ("received", model_.received().value, under_test_.received().value);
        }
        if (model_.unconfirmed() != under_test_.unconfirmed()) {
            return differ("unconfirmed", model_.unconfirmed(), under_test_.unconfirmed());
        }
        if (model_.is_open() != under_test_.is_open()) {
            return differ("is_open", model_.is_open(), under_test_.is_open());
        }
        return model_.idle() == under_test_.idle()
                   ? std::string{}
                   : differ("idle", model_.idle(), under_test_.idle());
    }

    std::mt19937_64 random_;
    slow_ledger model_;
    subject under_test_;
    outstanding ticket_{};
    std::vector<outstanding> out_;
    std::uint64_t now_ = 0;
    lsn highest_;
};

}  // namespace

TEST_CASE("the ledger answers like the obvious one through random histories") {
    for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
        CAPTURE(seed);
        CHECK(history<ledger>{seed, ledger{}}.run(300) == "");
    }
}

TEST_CASE("one long history") {
    CHECK(history<ledger>{4711, ledger{}}.run(4'000) == "");
}

TEST_CASE("the histories find every mistake that was put in on purpose") {
    auto wrong =
        GENERATE(fault::acknowledges_received, fault::skips_gaps, fault::keepalive_while_out,
                 fault::keepalive_while_open, fault::open_counts_as_closed,
                 fault::abandoned_is_acknowledged, fault::late_confirmations_count,
                 fault::discarded_counts_as_received, fault::discarded_stays_out);
    CAPTURE(static_cast<int>(wrong));
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        found += history<slow_ledger>{seed, slow_ledger{wrong}}.run(300).empty() ? 0 : 1;
    }
    CHECK(found > 20);
}

TEST_CASE("the obvious ledger agrees with itself") {
    CHECK(history<slow_ledger>{1, slow_ledger{}}.run(300) == "");
}
