#pragma once

#include "lib/change/relation.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace walferry::change {

// What a type is made of. The kind, element, base and range subtype of a type OID never change, so
// they may be looked up late; names and labels are decoration.
struct type_description {
    oid id = 0;
    std::string schema;
    std::string name;                 // as in pg_type.typname: int4, _text, mood
    char kind = 'b';                  // pg_type.typtype: b c d e m p r
    oid element = 0;                  // of an array (typelem of a true array type), else 0
    oid base = 0;                     // of a domain
    std::int32_t base_modifier = -1;  // of a domain
    oid subtype = 0;                  // of a range; of a multirange: its range
    char delimiter = ',';             // between array elements of this element type
    std::vector<std::string> labels;  // of an enum, in order
    struct field {
        std::string name;
        oid type = 0;
        std::int32_t modifier = -1;
    };
    std::vector<field> fields;  // of a composite
};

// What Relation messages do not tell about a table: used for the record key of tables whose replica
// identity is not the primary key, and for schemas.
struct column_description {
    std::string name;
    bool not_null = false;
    bool generated = false;
    bool identity = false;           // GENERATED ... AS IDENTITY
    std::string default_expression;  // pg_get_expr; empty: none
    std::string comment;
    std::string type_name;  // format_type(), e.g. character varying(10)
};

struct table_description {
    oid id = 0;
    std::string schema;
    std::string name;
    std::vector<std::string> primary_key;  // column names in the order of the index; may be empty
    bool primary_key_deferrable = false;   // then it cannot be a replica identity
    std::vector<std::string>
        unique_key;  // of the unique index that stands in where there is no primary key
    std::vector<std::string> identity_index;  // columns of REPLICA IDENTITY USING INDEX
    std::vector<column_description> columns;
    std::string comment;
};

// False when the description is of another state of the table: it lacks one of its columns, or the
// table had another name then.
bool describes(const table_description& description, const relation& table);

// What is known of the server's catalog so far. Built-in types are there from the beginning.
class catalog {
public:
    catalog();

    const type_description* type(oid id) const;
    const table_description* table(oid id) const;

    const std::unordered_map<oid, table_description>& tables() const { return tables_; }

    void put(type_description type) { types_[type.id] = std::move(type); }
    void put(table_description table) { tables_[table.id] = std::move(table); }

    // Calls back for each in no particular order.
    template <typename callback>
    void each_type(callback&& take) const {
        for (const auto& [id, type] : types_) {
            take(type);
        }
    }
    template <typename callback>
    void each_table(callback&& take) const {
        for (const auto& [id, table] : tables_) {
            take(table);
        }
    }

    void forget_table(oid id) { tables_.erase(id); }

    // Takes over what `newer` knows, replacing what stands here.
    void merge(catalog newer);

private:
    std::unordered_map<oid, type_description> types_;
    std::unordered_map<oid, table_description> tables_;
};

}  // namespace walferry::change
