// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {IConsentRegistry, Terms} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {IEmergencyAccess} from "../../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {IRecordRegistry} from "../../../contracts/records/interfaces/IRecordRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Purposes} from "../../../contracts/types/Purpose.sol";
import {RecordKey} from "../../../contracts/types/RecordKey.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {RecordStore} from "../stores/RecordStore.sol";
import {Handler} from "./Handler.sol";

/// @notice The admin, gone wrong: uses every power it has, and tries those it has not.
contract AdminHandler is Handler {
    /// @notice Admin actions after which something of a patient's was not as before.
    uint256 public changed;

    /// @notice Times the admin passed for a patient.
    uint256 public impersonated;

    CareStore internal care;

    RecordStore internal records;

    constructor(World inhabited, CareStore licences, RecordStore written) Handler(inhabited) {
        care = licences;
        records = written;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](7);
        selectors[0] = this.grantRole.selector;
        selectors[1] = this.revokeRole.selector;
        selectors[2] = this.closeTarget.selector;
        selectors[3] = this.setTargetRole.selector;
        selectors[4] = this.setDelays.selector;
        selectors[5] = this.handOver.selector;
        selectors[6] = this.impersonate.selector;
    }

    function grantRole(uint256 roleSeed, uint256 accountSeed, uint256 delay) external {
        _manage(
            abi.encodeCall(
                IAccessManager.grantRole,
                (uint64(roleSeed % 4), world.anyone(accountSeed), uint32(delay % 1 days))
            )
        );
    }

    function revokeRole(uint256 roleSeed, uint256 accountSeed) external {
        _manage(abi.encodeCall(IAccessManager.revokeRole, (uint64(roleSeed % 4), world.anyone(accountSeed))));
    }

    function closeTarget(uint256 targetSeed, uint256 closed) external {
        _manage(abi.encodeCall(IAccessManager.setTargetClosed, (_target(targetSeed), closed % 2 == 0)));
    }

    function setTargetRole(uint256 targetSeed, uint256 roleSeed) external {
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = IConsentRegistry.revoke.selector;
        selectors[1] = IConsentRegistry.revokeAll.selector;
        selectors[2] = IRecordRegistry.erase.selector;
        selectors[3] = IEmergencyAccess.contest.selector;
        selectors[4] = IConsentRegistry.grant.selector;
        _manage(
            abi.encodeCall(IAccessManager.setTargetFunctionRole, (_target(targetSeed), selectors, uint64(roleSeed % 4)))
        );
    }

    function setDelays(uint256 targetSeed, uint256 roleSeed, uint256 delay) external {
        // Rarely, because what the admin does to that target has to be scheduled from then on.
        if (delay % 4 == 0) {
            _manage(abi.encodeCall(IAccessManager.setTargetAdminDelay, (_target(targetSeed), uint32(delay % 1 days))));
        }
        _manage(abi.encodeCall(IAccessManager.setGrantDelay, (uint64(1 + (roleSeed % 3)), uint32(delay % 1 days))));
    }

    /// @notice Puts accreditation under another authority: rarely, because it does not come back.
    function handOver(uint256 targetSeed, uint256 rarity) external {
        if (rarity % 2 == 0) return;
        address authority = targetSeed % 2 == 0 ? address(new AccessManager(world.ADMIN())) : address(world.CONSENTS());
        _manage(abi.encodeCall(IAccessManager.updateAuthority, (address(world.ACCREDITATION()), authority)));
    }

    /// @notice Calls for a patient, by itself or through its manager.
    function impersonate(uint256 patientSeed, uint256 otherSeed, uint256 actionSeed, uint256 throughManager) external {
        (address target, bytes memory data) = _patientAction(world.patient(patientSeed), otherSeed, actionSeed % 6);
        if (target == address(0)) return;
        bytes32 before = _patients();

        address admin = world.ADMIN();
        bool succeeded =
            throughManager % 2 == 0
                ? _call(admin, target, data)
                : _call(admin, address(world.MANAGER()), abi.encodeCall(IAccessManager.execute, (target, data)));

        if (succeeded) ++impersonated;
        if (_patients() != before) ++changed;
        // Being refused is what this action is for.
        ++successesOf[msg.sig];
    }

    function _manage(bytes memory data) internal {
        bytes32 before = _patients();
        _call(world.ADMIN(), address(world.MANAGER()), data);
        if (_patients() != before) ++changed;
    }

    function _patientAction(
        address patient,
        uint256 otherSeed,
        uint256 action
    ) internal view returns (address, bytes memory) {
        address grantee = world.grantee(otherSeed);
        address consents = address(world.CONSENTS());
        if (action == 0) {
            Terms memory terms = Terms(Purposes.wrap(1), Categories.wrap(1), 0, type(uint40).max);
            return (consents, abi.encodeCall(IConsentRegistry.grant, (patient, grantee, 0, terms)));
        }
        if (action == 1) return (consents, abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, 0)));
        if (action == 2) {
            RecordKey[] memory keys = new RecordKey[](1);
            keys[0] = RecordKey(patient, grantee, 0);
            return (address(world.RECORDS()), abi.encodeCall(IRecordRegistry.erase, (keys)));
        }
        address emergencies = address(world.EMERGENCIES());
        if (action == 3) {
            return (emergencies, abi.encodeCall(IEmergencyAccess.setPreference, (patient, Categories.wrap(1))));
        }
        if (care.caseCount() == 0) return (address(0), "");
        CareStore.Case memory opened = care.caseAt(otherSeed % care.caseCount());
        uint40 openedAt = uint40(opened.openedAt);
        if (action == 4) {
            return (
                emergencies,
                abi.encodeCall(IEmergencyAccess.contest, (opened.patient, opened.clinician, openedAt))
            );
        }
        return (
            emergencies,
            abi.encodeCall(IEmergencyAccess.review, (opened.patient, opened.clinician, openedAt, false, 0))
        );
    }

    function _target(uint256 seed) internal view returns (address) {
        uint256 choice = seed % 4;
        if (choice == 0) return address(world.ACCREDITATION());
        if (choice == 1) return address(world.CONSENTS());
        return choice == 2 ? address(world.EMERGENCIES()) : address(world.RECORDS());
    }

    /// @dev All that belongs to patients: consents, delegates, epochs, preferences, emergencies, keys and records.
    function _patients() internal view returns (bytes32 state) {
        for (uint256 i; i < world.patientCount(); ++i) {
            address patient = world.patients(i);
            state = keccak256(abi.encode(state, world.CONSENTS().epochOf(patient), world.KEYS().keyOf(patient)));
            state = keccak256(abi.encode(state, world.EMERGENCIES().preferenceOf(patient)));
            for (uint256 j; j < world.granteeCount(); ++j) {
                for (uint256 k; k < world.policyCount(); ++k) {
                    state = keccak256(
                        abi.encode(state, world.CONSENTS().consentOf(patient, world.grantees(j), world.policies(k)))
                    );
                }
            }
            for (uint256 j; j < world.delegateCount(); ++j) {
                state = keccak256(abi.encode(state, world.CONSENTS().delegateOf(patient, world.delegates(j))));
            }
            for (uint256 j; j < world.clinicianCount(); ++j) {
                state = keccak256(abi.encode(state, world.EMERGENCIES().emergencyOf(patient, world.clinicians(j))));
            }
        }
        for (uint256 i; i < records.count(); ++i) {
            RecordKey memory key = records.keyAt(i);
            state = keccak256(
                abi.encode(state, world.RECORDS().digestOf(key.toId()), world.RECORDS().isErased(key.toId()))
            );
        }
    }
}
