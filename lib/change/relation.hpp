#pragma once

#include "decoders/pgoutput/message.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace walferry::change {

using pgoutput::oid;
using pgoutput::replica_identity;

struct column {
    std::string name;
    oid type = 0;
    std::int32_t type_modifier = -1;
    bool in_identity = false;

    bool operator==(const column&) const = default;
};

// A table as it was when the rows behind it were written: what the last Relation message said.
struct relation {
    oid id = 0;
    std::string schema;
    std::string name;
    replica_identity identity = replica_identity::default_key;
    std::vector<column> columns;

    // Dense, from 0, one a table (OID) for the life of the registry: an index for those who keep
    // something a table. Stays when the definition changes.
    std::uint32_t slot = 0;

    bool same_definition(const relation& other) const;
};

std::string to_string(const relation& table);  // schema.name, for people

// The relations of one replication stream. Owns them; a reference lives until the same table is
// announced with another definition, or forgotten.
class relation_registry {
public:
    struct announcement {
        const relation* table = nullptr;
        bool changed = false;  // first seen, or defined otherwise than before
    };

    announcement announce(const pgoutput::relation& message);

    // Nothing when the table was not announced in this session.
    const relation* find(oid id) const {
        return last_ != nullptr && last_->id == id && last_announced_ ? last_ : look_up(id);
    }

    // PostgreSQL announces every table again in a new session; until then a row of it is an error.
    void new_session();

    std::size_t size() const { return entries_.size(); }

private:
    struct entry {
        std::unique_ptr<relation> table;
        bool announced = false;
    };

    const relation* look_up(oid id) const;

    std::vector<entry> entries_;                        // by slot
    std::vector<std::pair<oid, std::uint32_t>> slots_;  // sorted by OID
    mutable const relation* last_ = nullptr;
    mutable bool last_announced_ = false;
};

}  // namespace walferry::change
