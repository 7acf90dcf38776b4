#include "lib/ledger/resume.hpp"

#include <algorithm>

namespace walferry {
namespace {

constexpr const char* accept_hint =
    "if losing those changes is acceptable, or a new snapshot will replace them, start once with "
    "`walferry run --accept-gap`";

std::string range(lsn from, lsn to) {
    return to_string(from) + " to " + to_string(to);
}

std::vector<timeline_position> positions_of(const remembered_position& remembered) {
    auto all = remembered.elsewhere;
    all.push_back({remembered.timeline, remembered.acknowledged, remembered.published});
    return all;
}

std::optional<lsn> left_at(const server_identity& server, std::uint32_t timeline) {
    for (const auto& ancestor : server.ancestors) {
        if (ancestor.timeline == timeline) {
            return ancestor.at;
        }
    }
    return std::nullopt;
}

std::optional<error> restored(const server_identity& server, const timeline_position& reached) {
    // A server never acknowledges what its own WAL does not have.
    const lsn needed = std::max(reached.published, reached.acknowledged);
    if (server.flushed >= needed) {
        return std::nullopt;
    }
    return error{error_kind::timeline_diverged,
                 "the server's WAL ends at " + to_string(server.flushed) + ", before " +
                     to_string(needed) +
                     " that was already published: it was restored to an earlier state",
                 accept_hint,
                 {}};
}

std::optional<error> diverged(const server_identity& server, const timeline_position& reached) {
    if (server.timeline == reached.timeline) {
        return restored(server, reached);
    }
    const auto left = left_at(server, reached.timeline);
    if (left && *left >= reached.published) {
        return std::nullopt;
    }
    std::string where = left ? "left it at " + to_string(*left) : "does not contain it";
    return error{error_kind::timeline_diverged,
                 "published up to " + to_string(std::max(reached.published, reached.acknowledged)) +
                     " on timeline " + std::to_string(reached.timeline) +
                     ", but the server's history " + where + " (it is on timeline " +
                     std::to_string(server.timeline) + ")",
                 accept_hint,
                 {}};
}

std::optional<error> diverged(const server_identity& server,
                              const remembered_position& remembered) {
    for (const auto& reached : positions_of(remembered)) {
        if (auto why = diverged(server, reached)) {
            return why;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<error> foreign_system(const server_identity& server,
                                    const remembered_position& remembered) {
    if (server.system == remembered.system) {
        return std::nullopt;
    }
    return error{error_kind::system_changed,
                 "the server at this address belongs to another cluster: its system identifier "
                 "is " +
                     std::to_string(server.system) + ", but slot \"" + remembered.slot +
                     "\" was streamed from " + std::to_string(remembered.system) + " up to " +
                     to_string(remembered.acknowledged),
                 "check source.url; if the cluster was replaced on purpose, start once with "
                 "`walferry run --accept-gap` or give the stream another name",
                 {}};
}

bool needs_ancestors(const remembered_position& remembered, std::uint32_t timeline) {
    const auto all = positions_of(remembered);
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& one) { return one.timeline != timeline; });
}

lsn contained(const server_identity& server, const remembered_position& remembered) {
    lsn highest;
    for (const auto& reached : positions_of(remembered)) {
        auto within = reached.acknowledged;
        if (reached.timeline != server.timeline) {
            within = std::min(within, left_at(server, reached.timeline).value_or(lsn{}));
        }
        highest = std::max(highest, within);
    }
    return highest;
}

result<resume_point> resume(const server_identity& server, const slot_position& slot,
                            const std::optional<remembered_position>& remembered, bool accept_gap) {
    if (!remembered) {
        return resume_point{slot.confirmed, {}, false, {}};
    }
    const bool timeline_changed = server.timeline != remembered->timeline;
    auto stop = [&](error why, lsn missing_from) -> result<resume_point> {
        if (!accept_gap) {
            return tl::unexpected(std::move(why));
        }
        return resume_point{slot.confirmed, missing_from, timeline_changed, std::move(why)};
    };
    if (auto foreign = foreign_system(server, *remembered)) {
        return stop(*std::move(foreign), {});
    }
    if (auto why = diverged(server, *remembered)) {
        return stop(*std::move(why), remembered->acknowledged);
    }
    const lsn known = contained(server, *remembered);
    if (slot.created_now) {
        return stop({error_kind::slot_lost,
                     "slot \"" + slot.name + "\" does not exist any more; the changes from " +
                         to_string(known) + " on are not in a new one",
                     accept_hint,
                     {}},
                    known);
    }
    if (slot.confirmed > known) {
        return stop({error_kind::slot_ahead,
                     "slot \"" + slot.name +
                         "\" was advanced or made anew by someone else: the "
                         "changes from " +
                         range(known, slot.confirmed) +
                         " were never published and the slot does not send them any more",
                     accept_hint,
                     {}},
                    known);
    }
    return resume_point{std::max(slot.confirmed, known), {}, timeline_changed, {}};
}

}  // namespace walferry
