// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Batch, BatchId, ProductId} from "../../types/Batch.sol";

/// @notice How far a recall has come. The order is part of the ABI: append only.
enum RecallStatus {
    None,
    Ongoing,
    /// Closed; the units stay unsaleable.
    Terminated
}

/// @notice How dangerous, in ascending order (21 CFR 7.3(m)). The order is part of the ABI: append only.
enum RecallClass {
    Unclassified,
    III,
    II,
    I
}

/// @notice Down to whom, in ascending order (21 CFR 7.42(b)(1)). The order is part of the ABI: append only.
enum RecallDepth {
    Wholesale,
    Retail,
    /// Patients too.
    Consumer
}

/// @notice What a manufacturer commits to when it commissions a batch.
struct Commission {
    /// The first second its units are expired, in Unix seconds.
    uint40 expiry;
    /// How many units it has, numbered from zero.
    uint24 units;
    /// The root of the Merkle tree of `(batch, unit, serial)`.
    bytes32 root;
}

/// @notice A batch as it stands. One storage slot.
struct BatchState {
    address manufacturer;
    uint24 units;
    /// The first second its units are expired, in Unix seconds.
    uint40 expiry;
    RecallStatus recall;
    RecallClass recallClass;
    RecallDepth recallDepth;
    /// Whether a regulator holds all of it.
    bool held;
    /// Whether its units are dispensed on prescription only.
    bool prescriptionOnly;
}

/// @title IBatches
/// @notice Batches of medical products: commissioned, held, recalled.
/// @dev Serials are committed as `keccak256(bytes.concat(keccak256(abi.encode(batch, unit, serial))))` leaves, `serial`
/// being ASCII padded with zeros, in OpenZeppelin's commutative tree. Hashed twice, so that no inner node passes for a
/// leaf; with the batch inside, so that no tree serves two batches.
interface IBatches {
    /// @notice A batch was commissioned; one parcel of all its units is its manufacturer's.
    /// @param id The hash of its key.
    /// @param product Of which product.
    /// @param manufacturer Who made it.
    /// @param lot ASCII, padded with zeros.
    /// @param commissioned Its expiry, units and root of serials.
    /// @param actor Who acted for the manufacturer.
    event BatchCommissioned(
        BatchId indexed id,
        ProductId indexed product,
        address indexed manufacturer,
        bytes32 lot,
        Commission commissioned,
        address actor
    );

    /// @notice A regulator held a batch, or released it.
    /// @param id The batch.
    /// @param regulator Which regulator.
    /// @param held Whether it is held now.
    /// @param evidence Digest of the reason.
    /// @param actor Who acted for the regulator.
    event BatchHoldSet(BatchId indexed id, address indexed regulator, bool held, bytes32 evidence, address actor);

    /// @notice A batch was recalled, or its recall was raised or classified.
    /// @param id The batch.
    /// @param organisation Who recalled it: its manufacturer or a regulator.
    /// @param recallClass How dangerous.
    /// @param recallDepth Down to whom.
    /// @param notice Digest of the recall notice.
    /// @param actor Who acted for the organisation.
    event BatchRecalled(
        BatchId indexed id,
        address indexed organisation,
        RecallClass indexed recallClass,
        RecallDepth recallDepth,
        bytes32 notice,
        address actor
    );

    /// @notice A recall was closed; the units stay unsaleable.
    /// @param id The batch.
    /// @param regulator Who closed it.
    /// @param notice Digest of the notice.
    /// @param actor Who acted for the regulator.
    event RecallTerminated(BatchId indexed id, address indexed regulator, bytes32 notice, address actor);

    /// @notice A recall was declared in error; the units may be sold again.
    /// @param id The batch.
    /// @param regulator Who declared it.
    /// @param notice Digest of the notice.
    /// @param actor Who acted for the regulator.
    event RecallRescinded(BatchId indexed id, address indexed regulator, bytes32 notice, address actor);

    /// @notice A batch became, or is no longer, prescription-only, as its product did.
    /// @param id The batch.
    /// @param prescriptionOnly Whether it is now.
    event BatchRefreshed(BatchId indexed id, bool prescriptionOnly);

    /// @notice The caller does not act for the product's licensed manufacturer.
    error BatchManufacturerInvalid(ProductId product, address manufacturer, address caller);
    /// @notice The product's authorisation has ended, or there is none: ask the regulator.
    error BatchProductUnauthorised(ProductId product);
    /// @notice The lot is commissioned already.
    error BatchExists(BatchId id);
    /// @notice No such batch.
    error BatchUnknown(BatchId id);
    /// @notice A lot has a number.
    error BatchLotZero();
    /// @notice A batch has units and a root of their serials.
    error BatchEmpty(uint24 units, bytes32 root);
    /// @notice Its units are expired.
    error BatchExpired(BatchId id, uint40 expiry);
    /// @notice It is under recall, ongoing or terminated: units go back, not out.
    error BatchIsRecalled(BatchId id);
    /// @notice A regulator holds it.
    error BatchIsHeld(BatchId id);
    /// @notice The batch is held, or not held, already.
    error BatchHoldUnchanged(BatchId id, bool held);
    /// @notice The caller acts neither for its manufacturer nor for a licensed regulator.
    error BatchUnauthorized(BatchId id, address organisation, address caller);
    /// @notice A manufacturer may raise a recall only; a regulator classifies.
    error RecallLowered(BatchId id, RecallClass recallClass, RecallDepth recallDepth);
    /// @notice There is no recall of this batch in that state.
    error RecallMissing(BatchId id, RecallStatus status);

    /// @notice Commissions a batch: all its units become one parcel of its manufacturer's.
    /// @dev Costs the same for one unit and for a million. Errors: `BatchLotZero`, `BatchEmpty`, `BatchExpired`,
    /// `BatchProductUnauthorised`, `BatchManufacturerInvalid`, `BatchExists`.
    /// @param batch The product and lot.
    /// @param commissioned Its expiry, units and root of serials.
    function commission(Batch calldata batch, Commission calldata commissioned) external;

    /// @notice Brings a batch up to date when its product has become, or is no longer, prescription-only. Anybody may.
    /// Errors: `BatchUnknown`.
    /// @param batch The product and lot.
    function refresh(Batch calldata batch) external;

    /// @notice Holds a whole batch: nothing of it is dispensed, and it ships for returns only.
    /// Errors: `BatchUnknown`, `BatchUnauthorized`, `BatchHoldUnchanged`.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param evidence Digest of the reason.
    function holdBatch(BatchId id, address regulator, bytes32 evidence) external;

    /// @notice Releases a batch that is held. Any licensed Regulator may.
    /// Errors: `BatchUnknown`, `BatchUnauthorized`, `BatchHoldUnchanged`.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param evidence Digest of the reason.
    function releaseBatch(BatchId id, address regulator, bytes32 evidence) external;

    /// @notice Recalls a batch, raises its recall, or (a regulator) classifies it. Reaches dispensed units too.
    /// @dev The manufacturer needs no live licence to call its own product back, and may only raise class and depth.
    /// A terminated recall opens again. Errors: `BatchUnknown`, `BatchUnauthorized`, `RecallLowered`.
    /// @param id The batch.
    /// @param organisation Its manufacturer, or a licensed Regulator, that the caller is or acts for.
    /// @param recallClass How dangerous; unclassified at first when nobody knows yet.
    /// @param recallDepth Down to whom.
    /// @param notice Digest of the recall notice.
    function recall(
        BatchId id,
        address organisation,
        RecallClass recallClass,
        RecallDepth recallDepth,
        bytes32 notice
    ) external;

    /// @notice Closes a recall; the units stay unsaleable (21 CFR 7.55).
    /// Errors: `BatchUnknown`, `BatchUnauthorized`, `RecallMissing`.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param notice Digest of the notice.
    function terminateRecall(BatchId id, address regulator, bytes32 notice) external;

    /// @notice Takes a recall back that was declared in error; the units may be sold again.
    /// Errors: `BatchUnknown`, `BatchUnauthorized`, `RecallMissing`.
    /// @param id The batch.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    /// @param notice Digest of the notice.
    function rescindRecall(BatchId id, address regulator, bytes32 notice) external;

    /// @notice A batch as it stands.
    /// @param id The batch.
    /// @return The batch; all zero when there is none.
    function batchOf(BatchId id) external view returns (BatchState memory);

    /// @notice The root of a batch's serials.
    /// @param id The batch.
    /// @return The root; zero when there is no such batch.
    function rootOf(BatchId id) external view returns (bytes32);
}
