// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Unit} from "./IBatchLedger.sol";
import {Authorization} from "../../types/Authorization.sol";
import {BatchId, ProductId} from "../../types/Batch.sol";
import {Prescription, PrescriptionId} from "../../types/Prescription.sol";

/// @notice A prescription as it stands. One storage slot.
struct PrescriptionState {
    /// Who fills it.
    address pharmacy;
    /// How many doses were dispensed.
    uint16 filled;
    /// Moves with every routing, so that a signed one counts once.
    uint24 version;
    bool issued;
    bool cancelled;
    /// The number of the unit of the last fill.
    uint24 lastUnit;
    /// How many doses the last fill counted for; zero when that came back.
    uint16 lastDoses;
}

/// @notice Opens a prescription's product commitment, and says which lot the pack is of.
struct Opening {
    ProductId product;
    bytes32 salt;
    bytes32 lot;
}

/// @title IPrescriptionRegistry
/// @notice Prescriptions: issued by practitioners, routed by patients, filled by pharmacies through the batch ledger.
interface IPrescriptionRegistry {
    /// @notice A prescription was issued.
    /// @param id The hash of its key.
    /// @param patient For whom.
    /// @param prescriber By whom.
    /// @param prescription Its key.
    /// @param pharmacy Who fills it.
    /// @param actor Who acted for the prescriber.
    event PrescriptionIssued(
        PrescriptionId indexed id,
        address indexed patient,
        address indexed prescriber,
        Prescription prescription,
        address pharmacy,
        address actor
    );

    /// @notice The patient chose another pharmacy.
    /// @param id The prescription.
    /// @param patient Whose it is.
    /// @param pharmacy Who fills it now.
    event PrescriptionRouted(PrescriptionId indexed id, address indexed patient, address indexed pharmacy);

    /// @notice Doses were dispensed.
    /// @param id The prescription.
    /// @param pharmacy Who dispensed them.
    /// @param doses How many.
    /// @param left How many are left.
    /// @param actor Who acted for the pharmacy.
    event PrescriptionFilled(
        PrescriptionId indexed id,
        address indexed pharmacy,
        uint16 doses,
        uint16 left,
        address actor
    );

    /// @notice The last fill was never collected; its doses are the patient's again.
    /// @param id The prescription.
    /// @param pharmacy Who took the pack back to stock.
    /// @param doses How many.
    /// @param left How many are left.
    /// @param actor Who acted for the pharmacy.
    event FillReversed(PrescriptionId indexed id, address indexed pharmacy, uint16 doses, uint16 left, address actor);

    /// @notice The prescriber cancelled a prescription.
    /// @param id The prescription.
    /// @param prescriber Who cancelled it.
    /// @param actor Who acted for the prescriber.
    event PrescriptionCancelled(PrescriptionId indexed id, address indexed prescriber, address actor);

    /// @notice The prescriber is no licensed practitioner, or the caller does not act for it.
    error PrescriberInvalid(address prescriber, address caller);
    /// @notice A prescription has a patient, a product commitment and doses.
    error PrescriptionEmpty(address patient, bytes32 product, uint16 doses);
    /// @notice A prescription ends in the future.
    error PrescriptionEndPast(uint40 validUntil);
    /// @notice It was issued already; a new one takes a new salt.
    error PrescriptionExists(PrescriptionId id);
    /// @notice No such prescription.
    error PrescriptionUnknown(PrescriptionId id);
    /// @notice It was cancelled.
    error PrescriptionIsCancelled(PrescriptionId id);
    /// @notice It has ended.
    error PrescriptionExpired(PrescriptionId id, uint40 validUntil);
    /// @notice Fewer doses are left than asked for; none at all is no fill either.
    error PrescriptionSpent(PrescriptionId id, uint16 left, uint16 doses);
    /// @notice Only licensed pharmacies fill prescriptions.
    error RoutePharmacyUnlicensed(address pharmacy);
    /// @notice The patient alone chooses the pharmacy.
    error PatientInvalid(PrescriptionId id, address patient, address caller);
    /// @notice The caller does not act for the pharmacy the prescription is routed to.
    error PrescriptionNotYours(PrescriptionId id, address pharmacy, address caller);
    /// @notice The commitment is to another product.
    error PrescriptionProductMismatch(PrescriptionId id, ProductId product);
    /// @notice The pack is of another batch than the product and lot named.
    error PrescriptionBatchMismatch(BatchId expected, BatchId actual);
    /// @notice Only the last fill is reversed, with the same pack and doses.
    error FillUnknown(PrescriptionId id);

    /// @notice Issues a prescription.
    /// @dev Errors: `PrescriberInvalid`, `PrescriptionEmpty`, `PrescriptionEndPast`, `RoutePharmacyUnlicensed`,
    /// `PrescriptionExists`.
    /// @param prescription Its key; the prescriber is a licensed Practitioner the caller is, or acts for.
    /// @param pharmacy Who fills it, until the patient says otherwise.
    function issue(Prescription calldata prescription, address pharmacy) external;

    /// @notice Cancels what is left of a prescription.
    /// @dev Errors: `PrescriptionUnknown`, `PrescriberInvalid`, `PrescriptionIsCancelled`.
    /// @param prescription Its key; the caller is the prescriber, or acts for it.
    function cancel(Prescription calldata prescription) external;

    /// @notice Chooses another pharmacy. By the patient.
    /// @dev Errors: `PatientInvalid`, `PrescriptionUnknown`, `PrescriptionIsCancelled`, `RoutePharmacyUnlicensed`.
    /// @param prescription Its key.
    /// @param pharmacy Who fills it from now on.
    function route(Prescription calldata prescription, address pharmacy) external;

    /// @notice Relays a patient's signed choice of another pharmacy.
    /// @dev EIP-712: `RoutePrescription(bytes32 id,address pharmacy,uint24 version,uint256 deadline)` with the
    /// prescription's current version, which every routing moves. Errors: as `route`, `SignatureExpired`,
    /// `SignatureInvalid`.
    /// @param prescription Its key.
    /// @param pharmacy Who fills it from now on.
    /// @param authorization The signer is the patient.
    /// @param signature The patient's: 65 bytes, or what their ERC-1271 wallet takes.
    function routeBySig(
        Prescription calldata prescription,
        address pharmacy,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Dispenses a pack on a prescription and counts its doses down. By the pharmacy it is routed to.
    /// @dev Errors: `PrescriptionUnknown`, `PrescriptionIsCancelled`, `PrescriptionNotYours`, `PrescriptionExpired`,
    /// `PrescriptionSpent`, `PrescriptionProductMismatch`, `PrescriptionBatchMismatch`, and those of
    /// `IBatchLedger.dispenseOnPrescription`.
    /// @param prescription Its key.
    /// @param doses How many doses the pack counts for.
    /// @param unit The pack.
    /// @param opening What was prescribed, and the pack's lot.
    function fill(
        Prescription calldata prescription,
        uint16 doses,
        Unit calldata unit,
        Opening calldata opening
    ) external;

    /// @notice Takes back to stock the pack of the last fill, never collected: its doses are the patient's again.
    /// @dev By the pharmacy that dispensed it, wherever the prescription is routed now. Product, number and doses must be
    /// those of the last fill; of two lots with one number in one pharmacy, either pack will do, as no dose is won. Errors:
    /// `PrescriptionUnknown`, `PrescriptionNotYours`, `FillUnknown`, `PrescriptionProductMismatch`,
    /// `PrescriptionBatchMismatch`, and those of `IBatchLedger.returnPrescribedToStock`.
    /// @param prescription Its key.
    /// @param doses How many doses the fill counted for.
    /// @param unit The pack.
    /// @param opening What was prescribed, and the pack's lot.
    /// @param pharmacy The pharmacy the caller is, or acts for.
    function returnToStock(
        Prescription calldata prescription,
        uint16 doses,
        Unit calldata unit,
        Opening calldata opening,
        address pharmacy
    ) external;

    /// @notice A prescription as it stands.
    /// @param id The prescription.
    /// @return The prescription; all zero when there is none.
    function prescriptionOf(PrescriptionId id) external view returns (PrescriptionState memory);
}
