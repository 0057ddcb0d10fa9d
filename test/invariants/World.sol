// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {Accreditation} from "../../contracts/accreditation/Accreditation.sol";
import {ConsentRegistry} from "../../contracts/consent/ConsentRegistry.sol";
import {EmergencyAccess} from "../../contracts/consent/EmergencyAccess.sol";
import {KeyDirectory} from "../../contracts/records/KeyDirectory.sol";
import {RecordRegistry} from "../../contracts/records/RecordRegistry.sol";
import {vm} from "../Vm.sol";

/// @notice The system as it is deployed, and everybody who lives in it. Its deployer is the admin.
contract World {
    uint256 internal constant START = 1_750_000_000;

    AccessManager public immutable MANAGER;
    Accreditation public immutable ACCREDITATION;
    ConsentRegistry public immutable CONSENTS;
    EmergencyAccess public immutable EMERGENCIES;
    RecordRegistry public immutable RECORDS;
    KeyDirectory public immutable KEYS;

    address public immutable ADMIN;

    address[] public patients;
    address[] public delegates;
    address[] public grantees;
    address[] public clinicians;
    address[] public officers;
    address[] public accreditors;
    address[] public staff;
    bytes32[] public policies;

    mapping(address account => uint256) internal _keys;

    constructor(address admin) {
        vm.warp(START);
        ADMIN = admin;
        MANAGER = new AccessManager(admin);
        ACCREDITATION = new Accreditation(address(MANAGER));
        CONSENTS = new ConsentRegistry();
        EMERGENCIES = new EmergencyAccess(ACCREDITATION, CONSENTS);
        RECORDS = new RecordRegistry(ACCREDITATION, CONSENTS, EMERGENCIES);
        KEYS = new KeyDirectory();

        patients = [account("first patient"), account("second patient"), account("third patient")];
        delegates = [account("guardian"), account("proxy")];
        clinicians = [account("doctor"), account("surgeon"), account("paramedic")];
        // A doctor is a grantee as well, and a paramedic reviews the others' cases: people wear two hats.
        grantees = [account("hospital"), account("laboratory"), clinicians[0]];
        officers = [account("privacy officer"), clinicians[2]];
        accreditors = [account("chamber"), account("ministry")];
        staff = [account("nurse"), account("clerk")];
        policies = [bytes32(0), keccak256("study form")];
    }

    /// @notice A new or known account whose key is kept.
    function account(string memory name) public returns (address created) {
        uint256 key = uint256(keccak256(bytes(name)));
        created = vm.addr(key);
        _keys[created] = key;
    }

    function sign(address signer, bytes32 digest) external view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[signer], digest);
        return abi.encodePacked(r, s, v);
    }

    function patient(uint256 seed) external view returns (address) {
        return patients[seed % patients.length];
    }

    function delegate(uint256 seed) external view returns (address) {
        return delegates[seed % delegates.length];
    }

    function grantee(uint256 seed) external view returns (address) {
        return grantees[seed % grantees.length];
    }

    function clinician(uint256 seed) external view returns (address) {
        return clinicians[seed % clinicians.length];
    }

    function officer(uint256 seed) external view returns (address) {
        return officers[seed % officers.length];
    }

    function accreditor(uint256 seed) external view returns (address) {
        return accreditors[seed % accreditors.length];
    }

    function member(uint256 seed) external view returns (address) {
        return staff[seed % staff.length];
    }

    function policy(uint256 seed) external view returns (bytes32) {
        return policies[seed % policies.length];
    }

    /// @notice Half of the time the patient, else a delegate, now and then somebody with no say.
    function decider(address ofPatient, uint256 seed) external view returns (address) {
        uint256 choice = seed % 8;
        if (choice < 4) return ofPatient;
        if (choice < 7) return delegates[seed % delegates.length];
        return patients[(seed / 8) % patients.length];
    }

    /// @notice Anybody at all.
    function anyone(uint256 seed) external view returns (address) {
        uint256 choice = (seed / 8) % 8;
        if (choice == 0) return patients[seed % patients.length];
        if (choice == 1) return delegates[seed % delegates.length];
        if (choice < 4) return staff[seed % staff.length];
        if (choice < 6) return grantees[seed % grantees.length];
        if (choice == 6) return officers[seed % officers.length];
        return clinicians[seed % clinicians.length];
    }

    function patientCount() external view returns (uint256) {
        return patients.length;
    }

    function delegateCount() external view returns (uint256) {
        return delegates.length;
    }

    function granteeCount() external view returns (uint256) {
        return grantees.length;
    }

    function clinicianCount() external view returns (uint256) {
        return clinicians.length;
    }

    function policyCount() external view returns (uint256) {
        return policies.length;
    }
}
