// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IEmergencyAccess} from "../../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Messages} from "../Messages.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {ConsentStore} from "../stores/ConsentStore.sol";
import {bound} from "../../Vm.sol";
import {EmergencyHandler} from "./EmergencyHandler.sol";

/// @notice Countersignatures and preferences are signed, kept, and used at any later time, any number of times.
contract EmergencyMessageHandler is EmergencyHandler {
    struct Countersignature {
        address patient;
        address clinician;
        address signer;
        uint256 deadline;
        /// What had happened between the two when it was given.
        uint256 moves;
        bytes call;
    }

    struct SignedPreference {
        address patient;
        address signer;
        uint256 categories;
        uint256 deadline;
        /// What had happened to the preference and to the patient's consents when it was signed.
        uint256 moves;
        uint256 revokedAllAt;
        bytes call;
    }

    Countersignature[] internal _countersignatures;

    SignedPreference[] internal _preferences;

    constructor(World inhabited, CareStore care, ConsentStore given) EmergencyHandler(inhabited, care, given) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.countersign.selector;
        selectors[1] = this.openCountersigned.selector;
        selectors[2] = this.signPreference.selector;
        selectors[3] = this.relayPreference.selector;
    }

    function countersign(uint256 patientSeed, uint256 clinicianSeed, uint256 signerSeed, uint256 lifeSeed) external {
        address patient = world.patient(patientSeed);
        address clinician = _opener(clinicianSeed);
        // Mostly a colleague.
        address signer =
            signerSeed % 8 == 0 ? _opener(signerSeed / 8) : world.clinician((clinicianSeed % 3) + 1 + (signerSeed % 2));
        uint256 deadline = block.timestamp + bound(lifeSeed, 0, 20 days);
        IEmergencyAccess emergencies = world.EMERGENCIES();
        uint24 version = emergencies.emergencyOf(patient, clinician).version;
        bytes32 digest = Messages.countersign(address(emergencies), patient, clinician, version, 0, deadline);

        _countersignatures.push(
            Countersignature({
                patient: patient,
                clinician: clinician,
                signer: signer,
                deadline: deadline,
                moves: store.openingOf(patient, clinician).moves,
                call: abi.encodeCall(
                    IEmergencyAccess.openCountersigned,
                    (patient, 0, Authorization(signer, deadline), world.sign(signer, digest))
                )
            })
        );
        _count(true);
    }

    function openCountersigned(uint256 seed) external {
        if (_countersignatures.length == 0) return;
        Countersignature memory given = _countersignatures[_recent(seed, _countersignatures.length)];

        bool fresh = _isFresh(given);
        bool rightful =
            block.timestamp <= given.deadline &&
                given.signer != given.clinician &&
                store.isLive(given.signer, Role.Practitioner) &&
                store.mayOpen(given.patient, given.clinician);
        bool succeeded = _act(given.clinician, given.call);

        store.judge(succeeded, fresh, rightful);
        if (succeeded) store.opened(given.patient, given.clinician, given.signer);
    }

    function signPreference(uint256 patientSeed, uint256 signerSeed, uint256 maskSeed, uint256 lifeSeed) external {
        address patient = world.patient(patientSeed);
        address signer = world.decider(patient, signerSeed);
        Categories categories = maskSeed % 8 == 0 ? Categories.wrap(0) : _categories(maskSeed / 8);
        uint256 deadline = block.timestamp + bound(lifeSeed, 0, 20 days);
        IEmergencyAccess emergencies = world.EMERGENCIES();
        uint48 revision = emergencies.preferenceRevisionOf(patient);
        bytes32 digest = Messages.setPreference(address(emergencies), patient, categories, revision, deadline);

        _preferences.push(
            SignedPreference({
                patient: patient,
                signer: signer,
                categories: Categories.unwrap(categories),
                deadline: deadline,
                moves: store.preferenceMoves(patient),
                revokedAllAt: consents.revokedAllAt(patient),
                call: abi.encodeCall(
                    IEmergencyAccess.setPreferenceBySig,
                    (patient, categories, revision, Authorization(signer, deadline), world.sign(signer, digest))
                )
            })
        );
        _count(true);
    }

    function relayPreference(uint256 seed, uint256 relayerSeed) external {
        if (_preferences.length == 0) return;
        SignedPreference memory signed = _preferences[_recent(seed, _preferences.length)];

        bool fresh = _isFresh(signed);
        bool rightful =
            block.timestamp <= signed.deadline && _mayPrefer(signed.patient, signed.signer, signed.categories);
        bool succeeded = _act(world.anyone(relayerSeed), signed.call);

        store.judge(succeeded, fresh, rightful);
        if (succeeded) store.preferred(signed.patient, signed.categories);
    }

    /// @notice Tries one message of each kind if it is stale. Only for invariants, whose effects are forgotten.
    function worksThoughStale(uint256 seed) external returns (bool worked) {
        if (_countersignatures.length != 0) {
            Countersignature memory given = _countersignatures[seed % _countersignatures.length];
            if (!_isFresh(given)) worked = _act(given.clinician, given.call);
        }
        if (_preferences.length != 0) {
            SignedPreference memory signed = _preferences[seed % _preferences.length];
            if (!_isFresh(signed)) worked = _act(signed.patient, signed.call) || worked;
        }
    }

    function _isFresh(Countersignature memory given) internal view returns (bool) {
        return store.openingOf(given.patient, given.clinician).moves == given.moves;
    }

    function _isFresh(SignedPreference memory signed) internal view returns (bool) {
        return
            store.preferenceMoves(signed.patient) == signed.moves &&
            consents.revokedAllAt(signed.patient) == signed.revokedAllAt;
    }

    /// @dev Mostly the last one, which may still be fresh.
    function _recent(uint256 seed, uint256 count) internal pure returns (uint256) {
        return seed % 2 == 0 ? (seed / 2) % count : count - 1;
    }
}
