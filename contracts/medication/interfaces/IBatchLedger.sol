// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authority, Condition, ICustody, Status} from "./ICustody.sol";
import {IBatches, RecallClass, RecallDepth, RecallStatus} from "./IBatches.sol";
import {BatchId} from "../../types/Batch.sol";
import {ItemId, Parcel} from "../../types/Item.sol";
import {Role} from "../../types/Role.sol";

/// @notice One unit, such as a pack, and the proof that its serial was committed.
struct Unit {
    /// The parcel it is in.
    Parcel parcel;
    /// Its number within the batch.
    uint24 number;
    /// Its serial number: ASCII, padded with zeros.
    bytes32 serial;
    /// From its leaf to the batch's root.
    bytes32[] proof;
}

/// @notice What is known of a unit.
struct UnitStatus {
    /// Whether its manufacturer committed this serial for this unit of this batch. If not, nothing else counts.
    bool isGenuine;
    bool isDispensed;
    /// Whether it was dispensed once and came back to stock.
    bool isReturned;
    bool isExpired;
    /// Whether a regulator holds the whole batch.
    bool isBatchHeld;
    RecallStatus recall;
    RecallClass recallClass;
    RecallDepth recallDepth;
    /// The outermost container it is in; its parcel when that is in none.
    ItemId root;
    /// Where that is; `None` when there is no such parcel (it was split: ask with the smaller one).
    Status status;
    Condition condition;
    Authority heldBy;
    /// Who holds it, or last held it; zero in transit.
    address holder;
}

/// @notice What a partner found when it checked a unit. The order is part of the ABI: append only.
enum Finding {
    /// It was looked at.
    Verified,
    /// It was dispensed before: a second pack bears its serial.
    Duplicate,
    /// Its serial was never committed.
    Unknown,
    /// It is genuine, but somebody else's by the ledger.
    Misplaced,
    /// The FDA and trading partners were notified that it is illegitimate (Form FDA 3911).
    Notified
}

/// @notice A report about a unit; what it says is the reporter's word.
struct Report {
    BatchId batch;
    /// The unit's number; of no meaning when it is unknown.
    uint24 number;
    /// Its serial number: ASCII, padded with zeros.
    bytes32 serial;
    Finding finding;
    /// Digest of the evidence, such as the scan and where it was made.
    bytes32 evidence;
}

/// @title IBatchLedger
/// @notice Medicine from factory to patient: batches, custody, dispensing, verification.
interface IBatchLedger is IBatches, ICustody {
    /// @notice A unit was dispensed.
    /// @param batch Of which batch.
    /// @param number The unit's number.
    /// @param pharmacy Who dispensed it.
    /// @param serial Its serial number.
    /// @param prescription The prescription's id; zero for none.
    /// @param actor Who acted for the pharmacy: its staff, or a prescription service.
    event UnitDispensed(
        BatchId indexed batch,
        uint24 indexed number,
        address indexed pharmacy,
        bytes32 serial,
        bytes32 prescription,
        address actor
    );

    /// @notice A dispensed unit came back to stock.
    /// @param batch Of which batch.
    /// @param number The unit's number.
    /// @param pharmacy Who took it back.
    /// @param prescription The prescription's id; zero for none.
    /// @param actor Who acted for the pharmacy.
    event UnitReturned(
        BatchId indexed batch,
        uint24 indexed number,
        address indexed pharmacy,
        bytes32 prescription,
        address actor
    );

    /// @notice A partner reported what it found about a unit.
    /// @param batch Of which batch.
    /// @param organisation Who reported.
    /// @param finding What it found.
    /// @param report The report.
    /// @param actor Who acted for the organisation.
    event UnitReported(
        BatchId indexed batch,
        address indexed organisation,
        Finding indexed finding,
        Report report,
        address actor
    );

    /// @notice A pharmacy lets a prescription service dispense from its stock, or no longer.
    /// @param pharmacy The pharmacy.
    /// @param service The service.
    /// @param allowed Whether it may.
    event ServiceSet(address indexed pharmacy, address indexed service, bool allowed);

    /// @notice The serial is not this unit's: a wrong proof, a tree of another batch, or a counterfeit.
    error SerialNotCommitted(BatchId batch, uint24 number, bytes32 serial);
    /// @notice The unit is not in this parcel.
    error UnitNotInParcel(ItemId parcel, uint24 number);
    /// @notice The unit was dispensed: another pack bears its serial, or it was scanned twice.
    error UnitAlreadyDispensed(BatchId batch, uint24 number);
    /// @notice The unit was not dispensed.
    error UnitNotDispensed(BatchId batch, uint24 number);
    /// @notice The unit came back to stock once; it does not again.
    error UnitReturnedBefore(BatchId batch, uint24 number);
    /// @notice The product is dispensed on prescription only: fill a prescription.
    error PrescriptionRequired(BatchId batch);
    /// @notice The organisation is no licensed pharmacy, or the caller does not act for it.
    error PharmacyInvalid(address pharmacy, address caller);
    /// @notice The caller is no licensed prescription service this pharmacy lets dispense.
    error ServiceInvalid(address pharmacy, address service);
    /// @notice The address zero is no service.
    error ServiceZero();

    /// @notice Lets a prescription service dispense from the caller's stock, or no longer. Errors: `ServiceZero`.
    /// @param service The service, such as the `PrescriptionRegistry`.
    /// @param allowed Whether it may.
    function setService(address service, bool allowed) external;

    /// @notice Dispenses a unit that needs no prescription.
    /// @dev Errors: `PrescriptionRequired`, `PharmacyInvalid`, `ItemUnknown`, `ItemStatusInvalid`,
    /// `ItemNotSound`, `BatchIsRecalled`, `BatchIsHeld`, `BatchExpired`, `UnitNotInParcel`, `SerialNotCommitted`,
    /// `UnitAlreadyDispensed`.
    /// @param unit The unit, in a parcel the pharmacy holds unpacked. The caller is the pharmacy or its staff.
    function dispense(Unit calldata unit) external;

    /// @notice Dispenses a unit on prescription. By a licensed PrescriptionService the pharmacy opted into.
    /// @dev The service answers for the prescription and for who calls it. Errors: `ServiceInvalid`, `PharmacyInvalid`,
    /// `ItemNotHeldBy`, and those of `dispense` but for `PrescriptionRequired`.
    /// @param unit The unit, in a parcel the pharmacy holds unpacked.
    /// @param pharmacy The pharmacy.
    /// @param prescription The prescription's id.
    function dispenseOnPrescription(Unit calldata unit, address pharmacy, bytes32 prescription) external;

    /// @notice Takes back to stock a unit that was dispensed without prescription and never left, once. What was filled
    /// on a prescription goes back through it, or its doses stay spent.
    /// @dev Errors: as `dispense`, with `UnitNotDispensed` and `UnitReturnedBefore` for `UnitAlreadyDispensed`. A unit
    /// that is recalled, held or expired meanwhile may come back; it is not dispensed again.
    /// @param unit The unit. The caller is the pharmacy that holds its parcel, or its staff.
    function returnToStock(Unit calldata unit) external;

    /// @notice Takes back to stock a unit that was dispensed on prescription and never left, once. By the service.
    /// @dev Errors: as `dispenseOnPrescription`, with `UnitNotDispensed` and `UnitReturnedBefore`.
    /// @param unit The unit.
    /// @param pharmacy The pharmacy.
    /// @param prescription The prescription's id.
    function returnPrescribedToStock(Unit calldata unit, address pharmacy, bytes32 prescription) external;

    /// @notice Puts on record what a partner found when it checked a unit: the trail of clones and of packs that turn up
    /// far from where the ledger has them.
    /// Errors: `PartnerInvalid`, `BatchUnknown`.
    /// @param report What was found.
    /// @param organisation The licensed organisation the caller is, or acts for.
    /// @param role The role it is licensed in; one that trades, or Regulator.
    function report(Report calldata report, address organisation, Role role) external;

    /// @notice Whether a pharmacy lets a prescription service dispense from its stock.
    /// @param pharmacy The pharmacy.
    /// @param service The service.
    /// @return Whether it may.
    function isServiceOf(address pharmacy, address service) external view returns (bool);

    /// @notice Whether a unit is dispensed, and not returned to stock since.
    /// @param batch The batch.
    /// @param number The unit's number.
    /// @return Whether it is.
    function isDispensed(BatchId batch, uint24 number) external view returns (bool);

    /// @notice Everything known of a unit: the one call behind a scan. Never reverts.
    /// @param unit The unit.
    /// @return What is known of it.
    function verify(Unit calldata unit) external view returns (UnitStatus memory);
}
