#include "lib/publish/topic_opener.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace walferry::publish {
namespace {

constexpr std::chrono::milliseconds opening_patience{5'000};
constexpr std::chrono::milliseconds serve_patience{1'000};
constexpr std::chrono::milliseconds pause_first{5};
constexpr std::chrono::milliseconds pause_longest{100};
// From so many topics on, the whole cluster's metadata costs less than a question for each.
constexpr std::size_t one_by_one_max = 16;
// So many are created or described in one request: whoever is asked for in earnest meanwhile waits
// for that request only.
constexpr std::size_t topics_a_request_max = 64;
// So long topics that were created together are asked about together.
constexpr std::chrono::seconds together_max{10};

}  // namespace

void topic_opener::add(std::vector<wanted_topic> wanted) {
    for (auto& one : wanted) {
        const auto same = [&](const opening& other) {
            return other.wanted.request.name == one.request.name;
        };
        const auto found = std::ranges::find_if(open_, same);
        if (found == open_.end()) {
            open_.push_back({std::move(one), clock::now()});
        } else if (!one.request.ahead && !found->in_earnest()) {
            found->wanted = std::move(one);
            found->asked = clock::now();
        }
    }
    std::ranges::stable_partition(open_, [](const opening& one) { return one.in_earnest(); });
    pause_ = std::chrono::milliseconds{0};
}

// Made when it is needed: once the topic is in the answer about the whole cluster, librdkafka need
// not ask about it.
bool topic_opener::has_handle(opening& one) {
    if (one.handle == nullptr) {
        if (auto made = make_topic(client_, one.wanted.request.name, one.wanted.id)) {
            one.handle = made.get();
            handles_.push_back(std::move(made));
        }
    }
    return one.handle != nullptr;
}

rd_kafka_resp_err_t topic_opener::look_up() {
    if (open_.size() <= one_by_one_max) {
        for (auto& one : open_) {
            if (const auto code = look_up_one(one); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return code;
            }
        }
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    const auto all = admin_.look_up_all(opening_patience);
    if (!all) {
        return all.error();
    }
    std::size_t more = one_by_one_max;
    for (auto& one : open_) {
        const auto known = all->find(one.wanted.request.name);
        one.facts = known == all->end() ? topic_facts{} : known->second;
        // It may be there and not be shown to us: only asked by its name a broker tells.
        if (one.facts.missing() && one.in_earnest() && more > 0) {
            --more;
            if (const auto code = look_up_one(one); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return code;
            }
        }
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t topic_opener::look_up_one(opening& one) {
    if (!has_handle(one)) {
        one.facts.code = RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    const auto facts = admin_.look_up(one.handle, opening_patience);
    if (!facts) {
        return facts.error();
    }
    one.facts = *facts;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// A broker that does not know its new partition yet refuses the first batch and takes the second:
// an idempotent producer then believes that it had the first. Topics that somebody waits for are
// not in one question with others, and are asked about before them.
void topic_opener::ask_served() {
    std::vector<opening*> created;
    for (auto& one : open_) {
        if (one.at == opening::stage::created && one.facts.led && !one.served) {
            created.push_back(&one);
        }
    }
    for (std::size_t first = 0, end = 0; first < created.size(); first = end) {
        while (end < created.size() && end - first < topics_a_request_max &&
               created[end]->in_earnest() == created[first]->in_earnest()) {
            ++end;
        }
        if (!ask_served(std::span(created).subspan(first, end - first))) {
            return;
        }
    }
}

// False: not all of them are, and those that were created later need not be asked about.
bool topic_opener::ask_served(std::span<opening* const> some) const {
    std::map<std::string, int> topics;
    for (const auto* one : some) {
        topics.emplace(one->wanted.request.name, one->facts.partitions);
    }
    const auto code = admin_.serve(topics, serve_patience);
    // Who may write need not be allowed to read.
    const bool hidden = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || (hidden && some.size() == 1)) {
        for (auto* one : some) {
            one->served = true;
        }
        return true;
    }
    const auto since = some.front()->lacking.value_or(clock::now());
    if (some.size() == 1 || (!hidden && clock::now() - since < together_max)) {
        return false;
    }
    // The error is of some of them: the others go on.
    for (std::size_t i = 0; i < some.size(); ++i) {
        ask_served(some.subspan(i, 1));
    }
    return true;
}

std::optional<error> topic_opener::judge(opening& one) const {
    using stage = opening::stage;
    const auto& name = one.wanted.request.name;
    if (!one.lacking) {
        one.lacking = clock::now();
    }
    const auto waited = clock::now() - *one.lacking;
    if (one.facts.missing()) {
        if (one.wanted.known) {
            return waited < patience_.vanished
                       ? std::nullopt
                       : std::optional{error{
                             error_kind::topic_unfit,
                             "topic " + name + " was deleted while walferry published to it",
                             "what it held is gone; walferry creates it anew when started again",
                             {}}};
        }
        if (!one.wanted.request.create) {
            return error{error_kind::topic_create_failed,
                         "topic " + name + " does not exist",
                         "create it, or set topics.create to true",
                         {}};
        }
        one.at = one.at == stage::asked ? stage::absent : one.at;
    } else if (one.facts.code != RD_KAFKA_RESP_ERR_NO_ERROR &&
               one.facts.code != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
        return broker_error(one.facts.code, "topic " + name + " cannot be used");
    } else if (one.facts.partitions > 0 && (one.at != stage::created || one.served)) {
        one.at = stage::there;
    }
    if (one.at != stage::there && one.at != stage::absent && waited >= patience_.created) {
        return error{error_kind::topic_create_failed,
                     "topic " + name + " still has no leader for every partition",
                     {},
                     {}};
    }
    return std::nullopt;
}

// Lets go of what has a defect. The error is of one that somebody waits for.
template <typename of_one>
std::optional<error> topic_opener::weed(const of_one& defect) {
    std::optional<error> first;
    std::erase_if(open_, [&](opening& one) {
        auto found = defect(one);
        if (found && one.in_earnest() && !first) {
            first = std::move(found);
        }
        return found.has_value();
    });
    return first;
}

std::optional<error> topic_opener::create_some() {
    std::vector<const topic_request*> absent;
    for (auto& one : open_) {
        if (one.at == opening::stage::absent && absent.size() < topics_a_request_max) {
            absent.push_back(&one.wanted.request);
            one.at = opening::stage::created;
            one.lacking.reset();
        }
    }
    if (absent.empty()) {
        return std::nullopt;
    }
    pause_ = std::chrono::milliseconds{0};
    const auto failed = admin_.create(absent);
    return weed([&](const opening& one) -> std::optional<error> {
        const auto found = failed.find(one.wanted.request.name);
        return found == failed.end() ? std::nullopt : std::optional{found->second};
    });
}

std::vector<found_topic> topic_opener::take_some() {
    std::vector<opening> there;
    std::vector<std::string> names;
    std::erase_if(open_, [&](opening& one) {
        bool taken = one.at == opening::stage::there && there.size() < topics_a_request_max &&
                     has_handle(one);
        if (taken) {
            names.push_back(one.wanted.request.name);
            there.push_back(std::move(one));
        }
        return taken;
    });
    if (there.empty()) {
        return {};
    }
    pause_ = std::chrono::milliseconds{0};
    const auto limits = admin_.limits_of(names);
    std::vector<found_topic> found;
    for (const auto& one : there) {
        const auto limit = limits.find(one.wanted.request.name);
        found.push_back({one.wanted.request.name, one.handle, one.facts.partitions,
                         limit == limits.end() ? topic_limits{} : limit->second});
    }
    return found;
}

std::optional<error> topic_opener::unanswered(rd_kafka_resp_err_t code) const {
    if (open_.empty() || clock::now() - open_.front().asked < patience_.connect) {
        return std::nullopt;
    }
    error made = broker_error(code, "no Kafka broker answered");
    made.kind = error_kind::broker_unreachable;
    made.hint = "check bootstrap.servers, security.protocol and the network";
    return made;
}

void topic_opener::pause_longer() {
    pause_ = std::min(pause_longest, std::max(pause_ * 2, pause_first));
}

topic_opener::progress topic_opener::step(bool reached) {
    progress made;
    pause_longer();
    const auto code = look_up();
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        made.failed = reached ? std::nullopt : unanswered(code);
        for (auto& one : open_) {
            one.lacking.reset();
        }
    } else {
        made.answered = true;
        ask_served();
        made.failed = weed([this](opening& one) { return judge(one); });
        made.found = take_some();
        if (!made.failed) {
            made.failed = create_some();
        }
    }
    if (made.failed) {
        open_.clear();
    }
    return made;
}

}  // namespace walferry::publish
