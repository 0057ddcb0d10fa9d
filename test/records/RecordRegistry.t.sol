// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {Accreditation} from "../../contracts/accreditation/Accreditation.sol";
import {ConsentRegistry} from "../../contracts/consent/ConsentRegistry.sol";
import {Terms} from "../../contracts/consent/interfaces/IConsentRegistry.sol";
import {EmergencyAccess} from "../../contracts/consent/EmergencyAccess.sol";
import {Access, IRecordRegistry, RecordEntry} from "../../contracts/records/interfaces/IRecordRegistry.sol";
import {RecordRegistry} from "../../contracts/records/RecordRegistry.sol";
import {Authorization, SignatureInvalid} from "../../contracts/types/Authorization.sol";
import {Categories, UNRESTRICTED_CATEGORIES} from "../../contracts/types/Categories.sol";
import {BREAK_THE_GLASS, Purpose, Purposes} from "../../contracts/types/Purpose.sol";
import {RecordId, RecordKey} from "../../contracts/types/RecordKey.sol";
import {Role} from "../../contracts/types/Role.sol";
import {Messages} from "../invariants/Messages.sol";
import {World} from "../invariants/World.sol";
import {around, bound, slotsWritten, vm} from "../Vm.sol";

contract RecordRegistryTest {
    bytes32 internal constant ALL_ONES = bytes32(type(uint256).max);

    World internal world;
    Accreditation internal accreditation;
    ConsentRegistry internal consents;
    EmergencyAccess internal emergencies;
    RecordRegistry internal records;
    address internal patient;
    address internal hospital;
    address internal nurse;
    address internal doctor;

    function setUp() external {
        world = new World(address(this));
        accreditation = world.ACCREDITATION();
        consents = world.CONSENTS();
        emergencies = world.EMERGENCIES();
        records = world.RECORDS();
        patient = world.patient(0);
        hospital = world.grantee(0);
        nurse = world.staff(0);
        doctor = world.clinician(0);
        _accredit(hospital, Role.Provider);
        _accredit(doctor, Role.Practitioner);
    }

    /* LOGGING ACCESS */

    function testFuzz_LogAccessTakesExactlyWhatIsPermitted(
        Terms memory terms,
        uint8 purpose,
        uint48 asked,
        uint256 timeSeed,
        uint8 shape
    ) external {
        terms.purposes = Purposes.wrap(uint80(bound(Purposes.unwrap(terms.purposes), 1, 2 ** 58 - 1)));
        terms.categories = Categories.wrap(uint48(bound(Categories.unwrap(terms.categories), 1, 2 ** 21 - 1)));
        terms.validFrom = uint40(bound(terms.validFrom, block.timestamp, type(uint40).max - 4));
        terms.validUntil = uint40(bound(terms.validUntil, uint256(terms.validFrom) + 2, type(uint40).max - 2));
        vm.prank(patient);
        consents.grant(patient, hospital, 0, terms);
        purpose %= 62;
        if (shape & 1 != 0) asked &= Categories.unwrap(terms.categories);
        if (shape & 2 != 0) purpose = _lowestBit(Purposes.unwrap(terms.purposes));
        uint40 now_ = around(shape & 4 != 0 ? terms.validFrom : terms.validUntil, timeSeed);
        vm.warp(now_);

        bool permitted =
            asked != 0 &&
                asked & ~uint256(Categories.unwrap(terms.categories)) == 0 &&
                _holds(Purposes.unwrap(terms.purposes), purpose) &&
                now_ >= terms.validFrom &&
                now_ < terms.validUntil;
        Access memory access = _access(hospital, Purpose.wrap(purpose), Categories.wrap(asked));
        vm.assertEq(_log(hospital, access), permitted ? bytes4(0) : IRecordRegistry.AccessNotPermitted.selector);
    }

    function testFuzz_NobodyLogsForAnother(address caller, uint40 until, uint256 timeSeed) external {
        vm.assume(caller != hospital && caller != address(0));
        until = uint40(bound(until, 1, type(uint40).max - 2));
        vm.prank(hospital);
        accreditation.setMember(nurse, until);
        uint40 now_ = uint40(bound(around(until, timeSeed), block.timestamp, type(uint40).max - 2));
        vm.warp(now_);
        _permit(hospital);

        Access memory access = _access(hospital, Purpose.wrap(0), Categories.wrap(1));
        vm.assertEq(_log(nurse, access) == 0, now_ < until);
        if (caller != nurse) vm.assertEq(_log(caller, access), IRecordRegistry.AccessCallerInvalid.selector);
    }

    function testFuzz_AnEmergencyIsNoConsentAndNoConsentAnEmergency(
        uint8 purpose,
        uint48 asked,
        bool narrow,
        uint256 timeSeed
    ) external {
        vm.assume(purpose != Purpose.unwrap(BREAK_THE_GLASS));
        if (narrow) asked &= Categories.unwrap(UNRESTRICTED_CATEGORIES);
        vm.prank(doctor);
        emergencies.open(patient, 0);
        _permit(hospital);
        uint256 openedAt = block.timestamp;
        vm.warp(bound(around(openedAt + 4 hours, timeSeed), openedAt, openedAt + 1 weeks));

        bool open = asked != 0 && asked < 2 ** 20 && block.timestamp < openedAt + 4 hours;
        vm.assertEq(_log(doctor, _access(doctor, BREAK_THE_GLASS, Categories.wrap(asked))) == 0, open);
        vm.assertNotEq(_log(doctor, _access(doctor, Purpose.wrap(purpose), Categories.wrap(1))), 0);
        vm.assertNotEq(_log(hospital, _access(hospital, BREAK_THE_GLASS, Categories.wrap(1))), 0);
    }

    /* ANCHORING */

    function testFuzz_OnlyAuthorsStaffAndPatientsAsAuthorsAnchor(
        address caller,
        uint8 roleSeed,
        bytes32 commitment,
        bytes32 digest
    ) external {
        vm.assume(caller != hospital && caller != nurse && digest != 0 && digest != ALL_ONES);
        Role role = Role(roleSeed % (uint8(type(Role).max) + 1));
        vm.prank(hospital);
        accreditation.setMember(nurse, type(uint40).max);
        RecordKey memory key = RecordKey(patient, hospital, commitment);

        bytes memory anchor = abi.encodeCall(IRecordRegistry.anchor, (role, key, digest));
        vm.assertNotEq(_refusal(caller, anchor), 0);
        vm.assertNotEq(_refusal(patient, anchor), 0);
        vm.assertEq(_refusal(nurse, anchor) == 0, role == Role.Provider);
        vm.assertEq(records.digestOf(key.toId()), role == Role.Provider ? digest : bytes32(0));

        key.author = patient;
        vm.assertNotEq(_refusal(nurse, abi.encodeCall(IRecordRegistry.anchor, (role, key, digest))), 0);
        vm.assertEq(_refusal(patient, abi.encodeCall(IRecordRegistry.anchor, (role, key, digest))), 0);
    }

    function testFuzz_OnlyRolesThatWriteRecordsAuthorThem(uint8 roleSeed) external {
        Role role = Role(roleSeed % (uint8(type(Role).max) + 1));
        _accredit(nurse, role);
        bool writes =
            role == Role.Practitioner ||
                role == Role.Provider ||
                role == Role.Laboratory ||
                role == Role.Pharmacy ||
                role == Role.Insurer ||
                role == Role.Researcher ||
                role == Role.DeviceOperator ||
                role == Role.PrescriptionService;

        bytes4 refusal = writes ? bytes4(0) : IRecordRegistry.RecordRoleInvalid.selector;
        RecordKey memory key = RecordKey(patient, nurse, 0);
        vm.assertEq(_refusal(nurse, abi.encodeCall(IRecordRegistry.anchor, (role, key, "digest"))), refusal);
        vm.assertEq(_refusal(nurse, abi.encodeCall(IRecordRegistry.anchorRoot, (role, nurse, "root", 1))), refusal);
    }

    function testFuzz_ARecordIsOneSlotThatKeepsItsLastDigest(bytes32 commitment, bytes32[] calldata digests) external {
        RecordKey memory key = RecordKey(patient, hospital, commitment);
        bytes32 last;
        vm.record();

        for (uint256 i; i < digests.length; ++i) {
            bool valid = digests[i] != 0 && digests[i] != ALL_ONES;
            bytes memory data =
                last == 0
                    ? abi.encodeCall(IRecordRegistry.anchor, (Role.Provider, key, digests[i]))
                    : abi.encodeCall(IRecordRegistry.amend, (Role.Provider, key, digests[i], last));
            vm.assertEq(_refusal(hospital, data), valid ? bytes4(0) : IRecordRegistry.RecordDigestInvalid.selector);
            if (valid) last = digests[i];
            vm.assertEq(records.digestOf(key.toId()), last);
        }

        vm.assertLe(slotsWritten(address(records)), 1, "slots");
    }

    function testFuzz_AnAnchorSignatureIsOverEveryField(
        bytes32 commitment,
        bytes32 digest,
        uint40 life,
        bool amended,
        uint256 field
    ) external {
        vm.assume(uint256(digest) > 1 && uint256(digest) < type(uint256).max - 1);
        RecordKey memory key = RecordKey(patient, patient, commitment);
        bytes32 previous;
        if (amended) {
            previous = "previous";
            vm.prank(patient);
            records.anchor(Role.Provider, key, previous);
        }
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(
            patient,
            Messages.anchor(address(records), key, digest, previous, deadline)
        );
        field %= 6;
        if (field == 0) {
            key.commitment ^= bytes32(uint256(1));
            previous = 0;
        }
        if (field == 1) {
            vm.prank(patient);
            if (amended) records.amend(Role.Provider, key, "since", previous);
            else records.anchor(Role.Provider, key, "since");
            previous = "since";
        }
        if (field == 4) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IRecordRegistry.anchorBySig,
            (
                key,
                field == 2 ? digest ^ bytes32(uint256(1)) : digest,
                previous,
                Authorization(patient, field == 3 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(this), changed), field == 5 ? bytes4(0) : SignatureInvalid.selector);
    }

    function testFuzz_AnAmendmentReplacesTheCurrentDigest(bytes32 current, bytes32 previous, bytes32 digest) external {
        vm.assume(current != 0 && current != ALL_ONES && digest != 0 && digest != ALL_ONES);
        RecordKey memory key = RecordKey(patient, hospital, 0);
        vm.prank(hospital);
        records.anchor(Role.Provider, key, current);

        bytes memory amend = abi.encodeCall(IRecordRegistry.amend, (Role.Provider, key, digest, previous));
        if (previous != current) vm.assertEq(_refusal(hospital, amend), IRecordRegistry.RecordStale.selector);
        amend = abi.encodeCall(IRecordRegistry.amend, (Role.Provider, key, digest, current));
        vm.assertEq(_refusal(hospital, amend), 0);
    }

    function testFuzz_WhatAPatientErasedStopsNoBatch(uint256 count, uint256 erased) external {
        count = bound(count, 1, 12);
        RecordEntry[] memory entries = new RecordEntry[](count);
        for (uint256 i; i < count; ++i) {
            entries[i] = RecordEntry({patient: patient, commitment: bytes32(i), digest: bytes32(i + 1)});
            if (_holds(erased, i)) _erase(RecordKey(patient, hospital, bytes32(i)));
        }

        vm.prank(hospital);
        records.anchorBatch(Role.Provider, hospital, entries);

        for (uint256 i; i < count; ++i) {
            bytes32 digest = records.digestOf(RecordKey(patient, hospital, bytes32(i)).toId());
            vm.assertEq(digest, _holds(erased, i) ? bytes32(0) : bytes32(i + 1));
        }
    }

    /* ERASING */

    function testFuzz_ErasedIsFinal(bytes32 commitment, bytes32 digest, bool anchored, bool amended) external {
        vm.assume(digest != 0 && digest != ALL_ONES);
        RecordKey memory key = RecordKey(patient, hospital, commitment);
        bytes memory anchor = abi.encodeCall(IRecordRegistry.anchor, (Role.Provider, key, digest));
        bytes memory amend = abi.encodeCall(IRecordRegistry.amend, (Role.Provider, key, digest, digest));
        if (anchored) vm.assertEq(_refusal(hospital, anchor), 0);
        if (anchored && amended) vm.assertEq(_refusal(hospital, amend), 0);

        _erase(key);
        _erase(key);

        vm.assertTrue(records.isErased(key.toId()));
        vm.assertEq(records.digestOf(key.toId()), 0);
        vm.assertEq(_refusal(hospital, anchor), IRecordRegistry.RecordIsErased.selector);
        vm.assertEq(_refusal(hospital, amend), IRecordRegistry.RecordIsErased.selector);
    }

    function testFuzz_OnlyThePatientErases(address caller, bytes32 commitment) external {
        vm.assume(caller != patient);
        RecordKey memory key = RecordKey(patient, hospital, commitment);
        bytes memory erase = abi.encodeCall(IRecordRegistry.erase, (_list(key)));

        vm.assertEq(_refusal(caller, erase), IRecordRegistry.RecordNotOfPatient.selector);
        vm.assertEq(_refusal(hospital, erase), IRecordRegistry.RecordNotOfPatient.selector);
        vm.assertFalse(records.isErased(key.toId()));
    }

    function testFuzz_AnEraseSignatureIsOverEveryId(
        bytes32[] calldata commitments,
        uint40 life,
        uint256 field
    ) external {
        uint256 count = commitments.length > 8 ? 8 : commitments.length;
        RecordKey[] memory keys = new RecordKey[](count + 1);
        for (uint256 i; i < count; ++i) keys[i] = RecordKey(patient, hospital, commitments[i]);
        keys[count] = RecordKey(patient, hospital, "last");
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(patient, Messages.erase(address(records), patient, keys, deadline));

        uint256 changedKey = field % keys.length;
        field = (field / keys.length) % 6;
        if (field == 0) keys[changedKey].commitment ^= bytes32(uint256(1));
        if (field == 1) keys[changedKey].author = doctor;
        if (field == 2) keys = _list(RecordKey(patient, doctor, 0));
        if (field == 4) vm.chainId(block.chainid + 1);

        bytes4 refusal = _refusal(
            address(this),
            abi.encodeCall(
                IRecordRegistry.eraseBySig,
                (keys, Authorization(patient, field == 3 ? deadline + 1 : deadline), signature)
            )
        );

        vm.assertEq(refusal, field == 5 ? bytes4(0) : SignatureInvalid.selector);
        for (uint256 i; i < keys.length; ++i) vm.assertEq(records.isErased(keys[i].toId()), field == 5);
    }

    /* ROOTS */

    function testFuzz_OnlyALeafOfTheRootIsAnchored(bytes32[4] calldata digests, uint256 leaf, bytes32 other) external {
        leaf %= 4;
        vm.assume(other != digests[leaf]);
        (bytes32 root, bytes32[4] memory leaves, RecordKey[4] memory keys) = _tree(digests);
        vm.prank(hospital);
        records.anchorRoot(Role.Provider, hospital, root, 4);
        bytes32[] memory proof = _proof(leaves, leaf);

        vm.assertTrue(records.isAnchored(keys[leaf], digests[leaf], root, proof));
        vm.assertFalse(records.isAnchored(keys[leaf], other, root, proof));
        vm.assertFalse(records.isAnchored(keys[(leaf + 1) % 4], digests[leaf], root, proof));
        // The same leaf is not anchored under a root that nobody, or another author, anchored.
        vm.assertFalse(records.isAnchored(keys[leaf], digests[leaf], other, proof));
        keys[leaf].author = doctor;
        vm.assertFalse(records.isAnchored(keys[leaf], digests[leaf], root, proof));
    }

    function testFuzz_AnErasedOrReplacedLeafIsNotAnchored(
        bytes32[4] calldata digests,
        uint256 leaf,
        bool erased
    ) external {
        leaf %= 4;
        (bytes32 root, bytes32[4] memory leaves, RecordKey[4] memory keys) = _tree(digests);
        vm.prank(hospital);
        records.anchorRoot(Role.Provider, hospital, root, 4);

        if (erased) {
            _erase(keys[leaf]);
        } else {
            vm.prank(hospital);
            records.anchor(Role.Provider, keys[leaf], "amended");
        }

        vm.assertFalse(records.isAnchored(keys[leaf], digests[leaf], root, _proof(leaves, leaf)));
        leaf = (leaf + 1) % 4;
        vm.assertTrue(records.isAnchored(keys[leaf], digests[leaf], root, _proof(leaves, leaf)));
    }

    /* HELPERS */

    function _accredit(address participant, Role role) internal {
        accreditation.setAccreditor(role, address(this), true);
        accreditation.accredit(participant, role, type(uint40).max);
    }

    function _permit(address grantee) internal {
        vm.prank(patient);
        consents.grant(
            patient,
            grantee,
            0,
            Terms({
                purposes: Purposes.wrap(1),
                categories: Categories.wrap(1),
                validFrom: 0,
                validUntil: type(uint40).max
            })
        );
    }

    function _access(address grantee, Purpose purpose, Categories categories) internal view returns (Access memory) {
        return
            Access({
                patient: patient,
                grantee: grantee,
                policy: 0,
                purpose: purpose,
                categories: categories,
                records: "records",
                actor: "actor"
            });
    }

    function _log(address caller, Access memory access) internal returns (bytes4) {
        return _refusal(caller, abi.encodeCall(IRecordRegistry.logAccess, (access)));
    }

    function _erase(RecordKey memory key) internal {
        vm.prank(patient);
        records.erase(_list(key));
    }

    function _list(RecordKey memory key) internal pure returns (RecordKey[] memory keys) {
        keys = new RecordKey[](1);
        keys[0] = key;
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address caller, bytes memory data) internal returns (bytes4) {
        vm.prank(caller);
        (bool succeeded, bytes memory result) = address(records).call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }

    function _tree(
        bytes32[4] calldata digests
    ) internal view returns (bytes32 root, bytes32[4] memory leaves, RecordKey[4] memory keys) {
        for (uint256 i; i < 4; ++i) {
            keys[i] = RecordKey(patient, hospital, bytes32(i));
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(RecordId.unwrap(keys[i].toId()), digests[i]))));
        }
        root = Hashes.commutativeKeccak256(
            Hashes.commutativeKeccak256(leaves[0], leaves[1]),
            Hashes.commutativeKeccak256(leaves[2], leaves[3])
        );
    }

    function _proof(bytes32[4] memory leaves, uint256 leaf) internal pure returns (bytes32[] memory proof) {
        uint256 pair = leaf < 2 ? 2 : 0;
        proof = new bytes32[](2);
        proof[0] = leaves[leaf ^ 1];
        proof[1] = Hashes.commutativeKeccak256(leaves[pair], leaves[pair + 1]);
    }

    function _lowestBit(uint256 mask) internal pure returns (uint8 bit) {
        while (!_holds(mask, bit)) ++bit;
    }

    function _holds(uint256 mask, uint256 bit) internal pure returns (bool) {
        return (mask / 2 ** bit) % 2 == 1;
    }
}
