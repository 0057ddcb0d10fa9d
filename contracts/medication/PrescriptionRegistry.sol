// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IBatchLedger, Unit} from "./interfaces/IBatchLedger.sol";
import {IPrescriptionRegistry, Opening, PrescriptionState} from "./interfaces/IPrescriptionRegistry.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {Batch, BatchId} from "../types/Batch.sol";
import {Prescription, PrescriptionId} from "../types/Prescription.sol";
import {Role} from "../types/Role.sol";

/// @title PrescriptionRegistry
/// @notice Prescriptions: issued by practitioners, routed by patients, filled by pharmacies through the batch ledger.
contract PrescriptionRegistry is IPrescriptionRegistry, EIP712, Multicall {
    using Authorizations for Authorization;

    /* CONSTANTS */

    bytes32 internal constant ROUTE_TYPEHASH = keccak256(
        "RoutePrescription(bytes32 id,address pharmacy,uint24 version,uint256 deadline)"
    );

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /// @notice Where packs are dispensed.
    IBatchLedger public immutable LEDGER;

    /* STORAGE */

    mapping(PrescriptionId id => PrescriptionState) internal _prescriptions;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation, IBatchLedger ledger) EIP712("Aceso PrescriptionRegistry", "1") {
        ACCREDITATION = accreditation;
        LEDGER = ledger;
    }

    /* PRESCRIBER ACTIONS */

    /// @inheritdoc IPrescriptionRegistry
    function issue(Prescription calldata prescription, address pharmacy) external {
        PrescriptionId id = prescription.toId();
        (address patient, address prescriber) = (prescription.patient, prescription.prescriber);
        require(
            ACCREDITATION.mayAct(msg.sender, prescriber, Role.Practitioner),
            PrescriberInvalid(prescriber, msg.sender)
        );
        require(
            patient != address(0) && prescription.product != 0 && prescription.doses != 0,
            PrescriptionEmpty(patient, prescription.product, prescription.doses)
        );
        require(block.timestamp < prescription.validUntil, PrescriptionEndPast(prescription.validUntil));
        _requirePharmacy(pharmacy);
        PrescriptionState storage state = _prescriptions[id];
        require(!state.issued, PrescriptionExists(id));

        state.pharmacy = pharmacy;
        state.issued = true;

        emit PrescriptionIssued(id, patient, prescriber, prescription, pharmacy, msg.sender);
    }

    /// @inheritdoc IPrescriptionRegistry
    function cancel(Prescription calldata prescription) external {
        (PrescriptionId id, ) = _openPrescription(prescription);
        address prescriber = prescription.prescriber;
        require(ACCREDITATION.actsFor(msg.sender, prescriber), PrescriberInvalid(prescriber, msg.sender));

        _prescriptions[id].cancelled = true;

        emit PrescriptionCancelled(id, prescriber, msg.sender);
    }

    /* PATIENT ACTIONS */

    /// @inheritdoc IPrescriptionRegistry
    function route(Prescription calldata prescription, address pharmacy) external {
        _route(prescription, pharmacy, msg.sender);
    }

    /// @inheritdoc IPrescriptionRegistry
    function routeBySig(
        Prescription calldata prescription,
        address pharmacy,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        PrescriptionId id = prescription.toId();
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(ROUTE_TYPEHASH, id, pharmacy, _prescriptions[id].version, authorization.deadline))
            )
        );

        _route(prescription, pharmacy, authorization.signer);
    }

    /* PHARMACY ACTIONS */

    /// @inheritdoc IPrescriptionRegistry
    function fill(
        Prescription calldata prescription,
        uint16 doses,
        Unit calldata unit,
        Opening calldata opening
    ) external {
        (PrescriptionId id, PrescriptionState memory state) = _openPrescription(prescription);
        _requireYours(id, state.pharmacy);
        require(block.timestamp < prescription.validUntil, PrescriptionExpired(id, prescription.validUntil));
        uint16 left;
        // Never more doses are filled than prescribed.
        unchecked {
            left = prescription.doses - state.filled;
        }
        require(doses != 0 && doses <= left, PrescriptionSpent(id, left, doses));
        _requireProduct(id, prescription, opening, unit.parcel.batch);

        PrescriptionState storage stored = _prescriptions[id];
        unchecked {
            // At most the doses that were left.
            stored.filled = state.filled + doses;
            left -= doses;
        }
        stored.lastUnit = unit.number;
        stored.lastDoses = doses;

        emit PrescriptionFilled(id, state.pharmacy, doses, left, msg.sender);

        LEDGER.dispenseOnPrescription(unit, state.pharmacy, PrescriptionId.unwrap(id));
    }

    /// @inheritdoc IPrescriptionRegistry
    function returnToStock(
        Prescription calldata prescription,
        uint16 doses,
        Unit calldata unit,
        Opening calldata opening,
        address pharmacy
    ) external {
        PrescriptionId id = prescription.toId();
        PrescriptionState memory state = _prescriptions[id];
        require(state.issued, PrescriptionUnknown(id));
        _requireYours(id, pharmacy);
        require(doses != 0 && state.lastDoses == doses && state.lastUnit == unit.number, FillUnknown(id));
        _requireProduct(id, prescription, opening, unit.parcel.batch);

        // No underflow: the last fill counted these doses.
        state.filled -= doses;
        state.lastDoses = 0;
        state.lastUnit = 0;
        _prescriptions[id] = state;

        emit FillReversed(id, pharmacy, doses, prescription.doses - state.filled, msg.sender);

        // Only who holds the pack's parcel gets past the ledger, and an opened parcel never moves.
        LEDGER.returnPrescribedToStock(unit, pharmacy, PrescriptionId.unwrap(id));
    }

    /* VIEWS */

    /// @inheritdoc IPrescriptionRegistry
    function prescriptionOf(PrescriptionId id) external view returns (PrescriptionState memory) {
        return _prescriptions[id];
    }

    /* INTERNAL */

    function _route(Prescription calldata prescription, address pharmacy, address patient) internal {
        (PrescriptionId id, PrescriptionState memory state) = _openPrescription(prescription);
        require(prescription.patient == patient, PatientInvalid(id, prescription.patient, patient));
        _requirePharmacy(pharmacy);

        state.pharmacy = pharmacy;
        ++state.version;
        _prescriptions[id] = state;

        emit PrescriptionRouted(id, patient, pharmacy);
    }

    /// @dev A prescription that was issued and not cancelled.
    function _openPrescription(
        Prescription calldata prescription
    ) internal view returns (PrescriptionId id, PrescriptionState memory state) {
        id = prescription.toId();
        state = _prescriptions[id];
        require(state.issued, PrescriptionUnknown(id));
        require(!state.cancelled, PrescriptionIsCancelled(id));
    }

    function _requirePharmacy(address pharmacy) internal view {
        require(ACCREDITATION.isLive(pharmacy, Role.Pharmacy), RoutePharmacyUnlicensed(pharmacy));
    }

    function _requireYours(PrescriptionId id, address pharmacy) internal view {
        require(ACCREDITATION.actsFor(msg.sender, pharmacy), PrescriptionNotYours(id, pharmacy, msg.sender));
    }

    /// @dev The pack is of the product that was prescribed.
    function _requireProduct(
        PrescriptionId id,
        Prescription calldata prescription,
        Opening calldata opening,
        BatchId actual
    ) internal pure {
        require(
            keccak256(abi.encode(opening.product, opening.salt)) == prescription.product,
            PrescriptionProductMismatch(id, opening.product)
        );
        BatchId expected = Batch({product: opening.product, lot: opening.lot}).toId();
        require(expected == actual, PrescriptionBatchMismatch(expected, actual));
    }
}
