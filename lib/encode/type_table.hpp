#pragma once

#include "decoders/values/binary.hpp"
#include "lib/change/catalog.hpp"

namespace walferry::encode {

// Whether the binary form of a type, or of what it is made of, does not tell its text: it is not
// known, or it is the OID of an object that the text names (regclass and its like).
bool needs_text(change::oid type, const change::catalog& types);

// Tells the renderers of binary values how a type is laid out, from its OID and the catalog.
class type_table final : public values::type_source {
public:
    explicit type_table(const change::catalog& catalog) : catalog_(catalog) {}

    values::type find(values::oid id) const override;

private:
    const change::catalog& catalog_;
};

}  // namespace walferry::encode
