#include "lib/publish/topic_opener.hpp"

#include "lib/publish/broker_errors.hpp"

#include <utility>

namespace walferry::publish {
namespace {

constexpr std::chrono::milliseconds question_patience{5'000};
constexpr std::chrono::milliseconds pause_between{100};
// From so many topics on, the whole cluster's metadata costs less than a question for each.
constexpr std::size_t one_by_one_max = 16;

}  // namespace

topic_opener::topic_opener(rd_kafka_t* client, const worker& on, bool reached, patience limits)
    : admin_(client), worker_(on), reached_(reached), patience_(limits) {}

tl::expected<topic_opener::facts_by_name, rd_kafka_resp_err_t> topic_opener::look_up(
    const std::vector<wanted_topic>& wanted) const {
    facts_by_name known;
    if (wanted.size() > one_by_one_max) {
        auto all = admin_.look_up_all(question_patience);
        if (!all) {
            return tl::unexpected(all.error());
        }
        known = std::move(*all);
    }
    for (const auto& one : wanted) {
        if (known.contains(one.request.name)) {
            continue;
        }
        const auto facts = admin_.look_up(one.handle, question_patience);
        if (!facts) {
            return tl::unexpected(facts.error());
        }
        known.emplace(one.request.name, *facts);
    }
    return known;
}

std::optional<error> topic_opener::judge(const wanted_topic& one, const topic_facts& facts) {
    const auto& name = one.request.name;
    if (facts.missing()) {
        waiting_for_ = name;
        if (one.known) {
            if (clock::now() - started_ < patience_.vanished) {
                return std::nullopt;
            }
            return error{error_kind::topic_unfit,
                         "topic " + name + " was deleted while walferry published to it",
                         "what it held is gone; walferry creates it anew when started again",
                         {}};
        }
        if (!one.request.create) {
            return error{error_kind::topic_create_failed,
                         "topic " + name + " does not exist",
                         "create it, or set topics.create to true",
                         {}};
        }
        if (!created_[name]) {
            missing_.push_back(&one.request);
        }
        return std::nullopt;
    }
    if (facts.code != RD_KAFKA_RESP_ERR_NO_ERROR &&
        facts.code != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
        return broker_error(facts.code, "topic " + name + " cannot be used");
    }
    if (facts.partitions == 0 || (created_[name] && !facts.led)) {
        waiting_for_ = name;
    }
    return std::nullopt;
}

std::optional<error> topic_opener::create_missing() {
    if (missing_.empty()) {
        return std::nullopt;
    }
    for (const auto* one : missing_) {
        created_[one->name] = true;
    }
    return admin_.create(std::exchange(missing_, {}));
}

std::optional<error> topic_opener::unanswered(rd_kafka_resp_err_t code) const {
    if (reached_ || clock::now() - started_ < patience_.connect) {
        return std::nullopt;
    }
    error made = broker_error(code, "no Kafka broker answered");
    made.kind = error_kind::broker_unreachable;
    made.hint = "check bootstrap.servers, security.protocol and the network";
    return made;
}

std::optional<error> topic_opener::out_of_time() const {
    if (clock::now() - started_ < patience_.created) {
        return std::nullopt;
    }
    return error{error_kind::topic_create_failed,
                 "topic " + waiting_for_ + " still has no leader for every partition",
                 {},
                 {}};
}

std::vector<found_topic> topic_opener::describe(const std::vector<wanted_topic>& wanted,
                                                const facts_by_name& facts) const {
    std::vector<std::string> names;
    for (const auto& one : wanted) {
        names.push_back(one.request.name);
    }
    const auto limits = admin_.limits_of(names);
    std::vector<found_topic> found;
    for (const auto& name : names) {
        const auto limit = limits.find(name);
        found.push_back({name, facts.at(name).partitions,
                         limit == limits.end() ? topic_limits{} : limit->second});
    }
    return found;
}

result<std::vector<found_topic>> topic_opener::open(const std::vector<wanted_topic>& wanted) {
    do {
        const auto facts = look_up(wanted);
        if (!facts) {
            if (auto failed = unanswered(facts.error())) {
                return tl::unexpected(std::move(*failed));
            }
            continue;
        }
        reached_ = true;
        waiting_for_.clear();
        for (const auto& one : wanted) {
            if (auto failed = judge(one, facts->at(one.request.name))) {
                return tl::unexpected(std::move(*failed));
            }
        }
        if (waiting_for_.empty()) {
            return describe(wanted, *facts);
        }
        if (auto failed = create_missing()) {
            return tl::unexpected(std::move(*failed));
        }
        if (auto failed = out_of_time()) {
            return tl::unexpected(std::move(*failed));
        }
    } while (worker_.pause(pause_between));
    return std::vector<found_topic>{};
}

}  // namespace walferry::publish
