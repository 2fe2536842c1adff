#pragma once
// Internal to store/: what the parts of Store share.

#include <memory>

#include "assay/store/database.hpp"
#include "assay/store/run_lock.hpp"
#include "assay/store/store.hpp"

namespace assay::store {

struct Store::Impl {
    std::unique_ptr<RunLock> lock;  ///< empty when reading only. Before the database: let go of
                                    ///< last
    Database database;
};

}  // namespace assay::store
