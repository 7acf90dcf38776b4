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

std::optional<error> diverged(const server_identity& server,
                              const remembered_position& remembered) {
    lsn published = std::max(remembered.published, remembered.acknowledged);
    if (server.timeline == remembered.timeline) {
        if (server.flushed >= published) {
            return std::nullopt;
        }
        return error{error_kind::timeline_diverged,
                     "the server's WAL ends at " + to_string(server.flushed) + ", before " +
                         to_string(published) +
                         " that was already published: it was restored to an earlier state",
                     accept_hint,
                     {}};
    }
    if (server.switched_at && *server.switched_at >= published) {
        return std::nullopt;
    }
    std::string where =
        server.switched_at ? "left it at " + to_string(*server.switched_at) : "does not contain it";
    return error{error_kind::timeline_diverged,
                 "published up to " + to_string(published) + " on timeline " +
                     std::to_string(remembered.timeline) + ", but the server's history " + where +
                     " (it is on timeline " + std::to_string(server.timeline) + ")",
                 accept_hint,
                 {}};
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

result<resume_point> resume(const server_identity& server, const slot_position& slot,
                            const std::optional<remembered_position>& remembered, bool accept_gap) {
    if (!remembered) {
        return resume_point{slot.confirmed, {}, false};
    }
    if (auto foreign = foreign_system(server, *remembered)) {
        if (!accept_gap) {
            return tl::unexpected(*std::move(foreign));
        }
        return resume_point{slot.confirmed, lsn{}, false};
    }
    bool timeline_changed = server.timeline != remembered->timeline;
    if (auto why = diverged(server, *remembered)) {
        if (!accept_gap) {
            return tl::unexpected(std::move(*why));
        }
        return resume_point{slot.confirmed, remembered->acknowledged, timeline_changed};
    }
    if (slot.created_now) {
        if (!accept_gap) {
            return fail(error_kind::slot_lost,
                        "slot \"" + slot.name + "\" does not exist any more; the changes from " +
                            to_string(remembered->acknowledged) + " on are not in a new one",
                        accept_hint);
        }
        return resume_point{slot.confirmed, remembered->acknowledged, timeline_changed};
    }
    if (slot.confirmed > remembered->acknowledged) {
        if (!accept_gap) {
            return fail(error_kind::slot_ahead,
                        "slot \"" + slot.name +
                            "\" was advanced or made anew by someone else: the "
                            "changes from " +
                            range(remembered->acknowledged, slot.confirmed) +
                            " were never published and the slot does not send them any more",
                        accept_hint);
        }
        return resume_point{slot.confirmed, remembered->acknowledged, timeline_changed};
    }
    return resume_point{std::max(slot.confirmed, remembered->acknowledged), {}, timeline_changed};
}

}  // namespace walferry
