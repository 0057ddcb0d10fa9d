// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ConsentRegistry} from "../../contracts/consent/ConsentRegistry.sol";
import {Consent, Delegate, IConsentRegistry, Terms} from "../../contracts/consent/interfaces/IConsentRegistry.sol";
import {Authorization, SignatureExpired, SignatureInvalid} from "../../contracts/types/Authorization.sol";
import {ALL_CATEGORIES, Categories} from "../../contracts/types/Categories.sol";
import {ALL_PURPOSES, BREAK_THE_GLASS, Purpose, Purposes} from "../../contracts/types/Purpose.sol";
import {Messages} from "../invariants/Messages.sol";
import {World} from "../invariants/World.sol";
import {around, bound, slotsWritten, vm} from "../Vm.sol";

contract ConsentRegistryTest {
    /// A message about a consent with the terms, revision and deadline it is signed over.
    struct GrantMessage {
        address patient;
        address grantee;
        bytes32 policy;
        Terms terms;
        uint48 revision;
        uint256 deadline;
        address signer;
    }

    World internal world;
    ConsentRegistry internal consents;
    address internal patient;
    address internal guardian;
    address internal grantee;

    function setUp() external {
        world = new World(address(this));
        consents = world.CONSENTS();
        patient = world.patient(0);
        guardian = world.delegate(0);
        grantee = world.grantee(0);
    }

    /* PERMITS */

    function testFuzz_PermitsEqualsANaiveModel(
        Terms memory terms,
        uint256 timeSeed,
        uint8 purpose,
        uint48 asked,
        bool narrow
    ) external {
        terms = _grantable(terms);
        _grant(patient, terms);
        if (narrow) asked &= Categories.unwrap(terms.categories);
        uint40 now_ = around(timeSeed % 2 == 0 ? terms.validFrom : terms.validUntil, timeSeed / 2);
        vm.warp(now_);

        bool expected = asked != 0 && now_ >= terms.validFrom && now_ < terms.validUntil;
        bool purposeGranted;
        for (uint256 bit; bit < 80; ++bit) {
            if (bit == purpose && _holds(Purposes.unwrap(terms.purposes), bit)) purposeGranted = true;
            if (_holds(asked, bit) && !_holds(Categories.unwrap(terms.categories), bit)) expected = false;
        }
        vm.assertEq(_permits(Purpose.wrap(purpose), Categories.wrap(asked)), expected && purposeGranted);
    }

    function testFuzz_PermitsEveryGrantedPurposeAndNoOther(Terms memory terms) external {
        terms = _grantable(terms);
        _grant(patient, terms);
        vm.warp(terms.validFrom);

        for (uint256 bit; bit < 256; ++bit) {
            bool granted = _holds(Purposes.unwrap(terms.purposes), bit);
            vm.assertEq(_permits(Purpose.wrap(uint8(bit)), terms.categories), granted);
        }
    }

    function testFuzz_NobodyIsPermittedWithoutAGrant(
        address somebody,
        address other,
        bytes32 policy,
        uint8 purpose,
        uint48 categories
    ) external view {
        vm.assertFalse(consents.permits(somebody, other, policy, Purpose.wrap(purpose), Categories.wrap(categories)));
    }

    function testFuzz_AConsentIsForOnePatientGranteeAndPolicy(
        Terms memory terms,
        address somebody,
        address other,
        bytes32 policy
    ) external {
        vm.assume(somebody != patient || other != grantee || policy != 0);
        terms = _grantable(terms);
        _grant(patient, terms);
        vm.warp(terms.validFrom);

        vm.assertTrue(_permits(_anyPurpose(terms), terms.categories));
        vm.assertFalse(consents.permits(somebody, other, policy, _anyPurpose(terms), terms.categories));
    }

    function testFuzz_NothingIsPermittedAfterARevocation(Terms memory terms, uint40 later, bool all) external {
        terms = _grantable(terms);
        _grant(patient, terms);
        vm.prank(patient);
        if (all) consents.revokeAll();
        else consents.revoke(patient, grantee, 0);

        vm.warp(later);

        vm.assertFalse(_permits(_anyPurpose(terms), terms.categories));
    }

    /* GRANT */

    function testFuzz_GrantTakesExactlyWhatIsGrantable(Terms memory terms, uint8 repair, uint256 timeSeed) external {
        // Each bit repairs one thing, so that every single fault is met alone, and none at all.
        if (repair & 1 != 0) terms.purposes = _grantable(terms).purposes;
        if (repair & 2 != 0) terms.categories = _grantable(terms).categories;
        if (repair & 4 != 0) terms.validFrom = around(block.timestamp, timeSeed);
        if (repair & 8 != 0) terms.validUntil = around(terms.validFrom, timeSeed / 4);
        if (repair & 16 != 0) terms.validFrom = 0;

        uint256 from = terms.validFrom == 0 ? block.timestamp : terms.validFrom;
        bool grantable =
            Purposes.unwrap(terms.purposes) != 0 &&
                Categories.unwrap(terms.categories) != 0 &&
                !_holds(Purposes.unwrap(terms.purposes), 58) &&
                Purposes.unwrap(terms.purposes) < 2 ** 62 &&
                Categories.unwrap(terms.categories) < 2 ** 21 &&
                from >= block.timestamp &&
                terms.validUntil > from;
        vm.assertEq(_try(patient, abi.encodeCall(IConsentRegistry.grant, (patient, grantee, 0, terms))), grantable);
    }

    function testFuzz_AConsentIsOneSlotThatKeepsItsTerms(Terms memory terms, uint8 epochs) external {
        terms = _grantable(terms);
        for (uint256 i; i < epochs % 4; ++i) {
            vm.prank(patient);
            consents.revokeAll();
        }
        vm.record();

        _grant(patient, terms);

        vm.assertEq(slotsWritten(address(consents)), 1);
        Consent memory consent = consents.consentOf(patient, grantee, 0);
        vm.assertEq(Purposes.unwrap(consent.purposes), Purposes.unwrap(terms.purposes));
        vm.assertEq(Categories.unwrap(consent.categories), Categories.unwrap(terms.categories));
        vm.assertEq(consent.validFrom, terms.validFrom);
        vm.assertEq(consent.validUntil, terms.validUntil);
        vm.assertEq(consent.epoch, epochs % 4);
        vm.assertEq(consent.version, 1);
    }

    function testFuzz_StrangersDecideNothing(address stranger, Terms memory terms, uint8 action) external {
        vm.assume(stranger != patient);
        terms = _grantable(terms);
        _grant(patient, terms);
        bytes32 before = _state();

        bytes[2] memory actions = [
            abi.encodeCall(IConsentRegistry.grant, (patient, grantee, 0, terms)),
            abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, 0))
        ];
        vm.assertFalse(_try(stranger, actions[action % 2]));

        vm.prank(stranger);
        consents.revokeAll();
        vm.assertEq(_state(), before);
    }

    /* DELEGATES */

    function testFuzz_ADelegateGrantsOnlyWithinItsMask(
        uint48 mask,
        Terms memory standing,
        Terms memory wanted,
        uint8 shape,
        uint256 timeSeed
    ) external {
        mask = _knownCategories(mask);
        standing = _grantable(standing);
        wanted = _grantable(wanted);
        if (shape & 1 != 0) standing.categories = Categories.wrap(_knownCategories(_shared(standing, mask)));
        if (shape & 2 != 0) wanted.categories = Categories.wrap(_knownCategories(_shared(wanted, mask)));
        wanted.validFrom = 0;
        wanted.validUntil = type(uint40).max;
        _grant(patient, standing);
        _delegate(mask, type(uint40).max);
        uint40 now_ = uint40(bound(around(standing.validUntil, timeSeed), block.timestamp, type(uint40).max - 1));
        vm.warp(now_);
        bytes32 before = _state();

        uint256 touched = Categories.unwrap(wanted.categories);
        if (now_ < standing.validUntil) touched |= Categories.unwrap(standing.categories);
        bool within = _isWithin(touched, mask);
        vm.assertEq(_try(guardian, abi.encodeCall(IConsentRegistry.grant, (patient, grantee, 0, wanted))), within);
        if (!within) vm.assertEq(_state(), before);
    }

    function testFuzz_ADelegateRevokesOnlyWithinItsMask(uint48 mask, Terms memory standing, bool narrow) external {
        mask = _knownCategories(mask);
        standing = _grantable(standing);
        if (narrow) standing.categories = Categories.wrap(_knownCategories(_shared(standing, mask)));
        _grant(patient, standing);
        _delegate(mask, type(uint40).max);
        bytes32 before = _state();

        bool within = _isWithin(Categories.unwrap(standing.categories), mask);
        vm.assertEq(_try(guardian, abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, 0))), within);
        if (!within) vm.assertEq(_state(), before);
    }

    function testFuzz_ADelegateGrantsNoLongerThanItActs(Terms memory terms, uint40 until, uint256 timeSeed) external {
        until = uint40(bound(until, block.timestamp + 2, type(uint40).max - 1));
        terms = _grantable(terms);
        terms.validFrom = 0;
        terms.validUntil = uint40(bound(around(until, timeSeed), block.timestamp + 1, type(uint40).max));
        _delegate(Categories.unwrap(ALL_CATEGORIES), until);

        bytes memory grant = abi.encodeCall(IConsentRegistry.grant, (patient, grantee, 0, terms));
        vm.assertEq(_try(guardian, grant), terms.validUntil <= until);
        vm.assertTrue(_try(patient, grant));
    }

    function testFuzz_ADelegateTouchesNothingWhereNothingStands(Terms memory terms, uint8 end) external {
        terms = _grantable(terms);
        _delegate(Categories.unwrap(ALL_CATEGORIES), type(uint40).max);
        end %= 3;
        if (end != 0) _grant(patient, terms);
        if (end == 1) vm.warp(terms.validUntil);
        if (end == 2) {
            vm.prank(patient);
            consents.revoke(patient, grantee, 0);
        }
        bytes32 before = _state();

        vm.assertFalse(_try(guardian, abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, 0))));
        vm.assertFalse(consents.mayDecide(patient, guardian, Categories.wrap(0)));
        vm.assertEq(_state(), before);
    }

    function testFuzz_ADelegateActsUntilItsEndOrTheNextEpoch(uint40 until, uint256 timeSeed, bool ended) external {
        until = uint40(bound(until, block.timestamp + 1, type(uint40).max));
        _delegate(Categories.unwrap(ALL_CATEGORIES), until);
        if (ended) {
            vm.prank(patient);
            consents.revokeAll();
        }
        uint40 now_ = around(until, timeSeed);
        vm.warp(now_);

        vm.assertEq(consents.mayDecide(patient, guardian, ALL_CATEGORIES), !ended && now_ < until);
        vm.assertTrue(consents.mayDecide(patient, patient, ALL_CATEGORIES));
    }

    function testFuzz_ADelegateNamesNoDelegate(address other, uint40 until, uint48 categories) external {
        vm.assume(other != address(0) && other != guardian);
        _delegate(Categories.unwrap(ALL_CATEGORIES), type(uint40).max);
        until = uint40(bound(until, block.timestamp + 1, type(uint40).max));

        vm.prank(guardian);
        consents.setDelegate(other, until, Categories.wrap(_knownCategories(categories)));

        // It named one of its own, and none of the patient's.
        Categories known = Categories.wrap(_knownCategories(categories));
        vm.assertTrue(consents.mayDecide(guardian, other, known));
        vm.assertEq(consents.mayDecide(patient, other, known), other == patient);
    }

    function testFuzz_ADelegateIsOneSlot(uint40 until, uint48 categories) external {
        until = uint40(bound(until, block.timestamp + 1, type(uint40).max));
        vm.record();

        _delegate(_knownCategories(categories), until);

        vm.assertEq(slotsWritten(address(consents)), 1);
        Delegate memory delegate = consents.delegateOf(patient, guardian);
        vm.assertEq(Categories.unwrap(delegate.categories), _knownCategories(categories));
        vm.assertEq(delegate.until, until);
        vm.assertEq(delegate.version, 1);
    }

    /* SIGNATURES */

    function testFuzz_AGrantSignatureIsOverEveryField(Terms memory terms, uint256 salt, uint256 field) external {
        GrantMessage memory message = GrantMessage({
            patient: patient,
            grantee: grantee,
            policy: bytes32(salt),
            terms: _grantable(terms),
            revision: 0,
            deadline: bound(salt, block.timestamp, type(uint256).max - 1),
            signer: patient
        });
        // The guardian could decide all this, too, so only the signature tells the two apart.
        _delegate(Categories.unwrap(ALL_CATEGORIES), type(uint40).max);
        bytes memory signature = _sign(message);
        ConsentRegistry registry = consents;

        field %= 12;
        if (field == 0) message.patient = world.patient(1);
        if (field == 1) message.grantee = world.grantee(1);
        if (field == 2) message.policy = bytes32(salt ^ 1);
        if (field == 3) message.terms.purposes = _otherPurposes(message.terms.purposes);
        if (field == 4) message.terms.categories = _otherCategories(message.terms.categories);
        if (field == 5) message.terms.validFrom ^= 1;
        if (field == 6) message.terms.validUntil ^= 1;
        if (field == 7) {
            vm.prank(patient);
            consents.revoke(patient, grantee, message.policy);
            message.revision = 1;
        }
        if (field == 8) ++message.deadline;
        if (field == 9) message.signer = guardian;
        if (field == 10) vm.chainId(block.chainid + 1);
        if (field == 11) registry = new ConsentRegistry();
        vm.assertEq(_relay(registry, message, signature), SignatureInvalid.selector);
    }

    function testFuzz_AGrantSignatureCountsOnceAndUntilItsDeadline(
        Terms memory terms,
        bytes32 policy,
        uint256 timeSeed
    ) external {
        terms = _grantable(terms);
        // Now is a start that is never past.
        terms.validFrom = 0;
        terms.validUntil = type(uint40).max;
        uint256 deadline = block.timestamp + 1 days;
        GrantMessage memory message = GrantMessage(patient, grantee, policy, terms, 0, deadline, patient);
        bytes memory signature = _sign(message);
        uint256 now_ = bound(around(deadline, timeSeed), block.timestamp, type(uint40).max - 1);
        vm.warp(now_);

        vm.assertEq(_relay(consents, message, signature), now_ <= deadline ? bytes4(0) : SignatureExpired.selector);
        vm.assertNotEq(_relay(consents, message, signature), 0);
    }

    function testFuzz_ARevocationStalesWhatWasSignedBefore(Terms memory terms, bytes32 policy, uint256 kind) external {
        terms = _grantable(terms);
        GrantMessage memory message = GrantMessage(patient, grantee, policy, terms, 0, type(uint256).max, patient);
        bytes memory signature = _sign(message);

        bytes[3] memory decisions = [
            abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, policy)),
            abi.encodeCall(IConsentRegistry.revokeAll, ()),
            abi.encodeCall(IConsentRegistry.grant, (patient, grantee, policy, terms))
        ];
        vm.assertTrue(_try(patient, decisions[kind % 3]));

        vm.assertEq(_relay(consents, message, signature), IConsentRegistry.ConsentStale.selector);
    }

    function testFuzz_ARevokeSignatureIsOverEveryField(bytes32 policy, uint40 life, uint256 field) external {
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(
            patient,
            Messages.revoke(address(consents), patient, grantee, policy, 0, deadline)
        );
        _delegate(Categories.unwrap(ALL_CATEGORIES), type(uint40).max);
        field %= 8;
        if (field == 3) {
            vm.prank(patient);
            consents.revoke(patient, grantee, policy);
        }
        if (field == 7) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IConsentRegistry.revokeBySig,
            (
                field == 0 ? world.patient(1) : patient,
                field == 1 ? world.grantee(1) : grantee,
                field == 2 ? policy ^ bytes32(uint256(1)) : policy,
                field == 3 ? 1 : 0,
                Authorization(field == 4 ? guardian : patient, field == 5 ? deadline + 1 : deadline),
                signature
            )
        );

        // Field 6 changes nothing, and is the message as it was signed.
        vm.assertEq(_refusal(address(consents), changed), field == 6 ? bytes4(0) : SignatureInvalid.selector);
        vm.assertNotEq(_refusal(address(consents), changed), 0);
    }

    function testFuzz_ARevokeAllSignatureIsOverEveryField(uint40 life, uint8 epochs, uint256 field) external {
        for (uint256 i; i < epochs % 4; ++i) {
            vm.prank(patient);
            consents.revokeAll();
            vm.prank(guardian);
            consents.revokeAll();
        }
        uint256 deadline = block.timestamp + life;
        uint24 epoch = consents.epochOf(patient);
        bytes memory signature = world.sign(patient, Messages.revokeAll(address(consents), patient, epoch, deadline));
        field %= 5;
        if (field == 0) {
            vm.prank(patient);
            consents.revokeAll();
        }
        if (field == 3) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IConsentRegistry.revokeAllBySig,
            (
                field == 0 ? epoch + 1 : epoch,
                Authorization(field == 1 ? guardian : patient, field == 2 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(consents), changed), field == 4 ? bytes4(0) : SignatureInvalid.selector);
        vm.assertNotEq(_refusal(address(consents), changed), 0);
    }

    function testFuzz_ADelegateSignatureIsOverEveryField(uint40 until, uint48 categories, uint256 field) external {
        until = uint40(bound(until, block.timestamp + 2, type(uint40).max - 1));
        categories = _knownCategories(categories);
        uint256 deadline = until;
        bytes memory signature = world.sign(
            patient,
            Messages.setDelegate(address(consents), patient, guardian, until, Categories.wrap(categories), 0, deadline)
        );
        field %= 8;
        if (field == 3) {
            vm.prank(patient);
            consents.setDelegate(guardian, 0, Categories.wrap(0));
        }
        if (field == 6) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IConsentRegistry.setDelegateBySig,
            (
                field == 0 ? world.delegate(1) : guardian,
                field == 1 ? until - 1 : until,
                field == 2 ? _otherCategories(Categories.wrap(categories)) : Categories.wrap(categories),
                field == 3 ? 1 : 0,
                Authorization(field == 4 ? world.patient(1) : patient, field == 5 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(consents), changed), field == 7 ? bytes4(0) : SignatureInvalid.selector);
        vm.assertNotEq(_refusal(address(consents), changed), 0);
    }

    /* HELPERS */

    function _grant(address actor, Terms memory terms) internal {
        vm.prank(actor);
        consents.grant(patient, grantee, 0, terms);
    }

    function _delegate(uint48 mask, uint40 until) internal {
        vm.prank(patient);
        consents.setDelegate(guardian, until, Categories.wrap(mask));
    }

    function _try(address caller, bytes memory data) internal returns (bool succeeded) {
        vm.prank(caller);
        (succeeded, ) = address(consents).call(data);
    }

    function _relay(
        ConsentRegistry registry,
        GrantMessage memory message,
        bytes memory signature
    ) internal returns (bytes4 refusal) {
        bytes memory data = abi.encodeCall(
            IConsentRegistry.grantBySig,
            (
                message.patient,
                message.grantee,
                message.policy,
                message.terms,
                message.revision,
                Authorization(message.signer, message.deadline),
                signature
            )
        );
        return _refusal(address(registry), data);
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address target, bytes memory data) internal returns (bytes4) {
        (bool succeeded, bytes memory result) = target.call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }

    function _sign(GrantMessage memory message) internal view returns (bytes memory) {
        bytes32 digest = Messages.grant(
            address(consents),
            message.patient,
            message.grantee,
            message.policy,
            message.terms,
            message.revision,
            message.deadline
        );
        return world.sign(message.signer, digest);
    }

    function _permits(Purpose purpose, Categories categories) internal view returns (bool) {
        return consents.permits(patient, grantee, 0, purpose, categories);
    }

    function _state() internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    consents.consentOf(patient, grantee, 0),
                    consents.delegateOf(patient, guardian),
                    consents.epochOf(patient)
                )
            );
    }

    /// @dev The nearest terms a patient could agree to now, with an explicit start.
    function _grantable(Terms memory terms) internal view returns (Terms memory) {
        uint80 known = Purposes.unwrap(terms.purposes) & Purposes.unwrap(ALL_PURPOSES);
        known &= ~(uint80(1) << Purpose.unwrap(BREAK_THE_GLASS));
        uint40 from = uint40(bound(terms.validFrom, block.timestamp, type(uint40).max - 4));
        return
            Terms({
                purposes: Purposes.wrap(known == 0 ? 1 : known),
                categories: Categories.wrap(_knownCategories(Categories.unwrap(terms.categories))),
                validFrom: from,
                validUntil: uint40(bound(terms.validUntil, uint256(from) + 2, type(uint40).max - 1))
            });
    }

    function _knownCategories(uint48 mask) internal pure returns (uint48 known) {
        known = mask & Categories.unwrap(ALL_CATEGORIES);
        if (known == 0) known = 1;
    }

    function _otherPurposes(Purposes purposes) internal pure returns (Purposes) {
        return Purposes.wrap(Purposes.unwrap(purposes) == 1 ? 2 : 1);
    }

    function _otherCategories(Categories categories) internal pure returns (Categories) {
        return Categories.wrap(Categories.unwrap(categories) == 1 ? 2 : 1);
    }

    function _anyPurpose(Terms memory terms) internal pure returns (Purpose) {
        for (uint8 bit; bit < 62; ++bit) if (_holds(Purposes.unwrap(terms.purposes), bit)) return Purpose.wrap(bit);
        revert();
    }

    function _shared(Terms memory terms, uint48 mask) internal pure returns (uint48 shared) {
        shared = Categories.unwrap(terms.categories) & mask;
        if (shared == 0) shared = mask;
    }

    function _isWithin(uint256 asked, uint256 mask) internal pure returns (bool) {
        for (uint256 bit; bit < 48; ++bit) if (_holds(asked, bit) && !_holds(mask, bit)) return false;
        return true;
    }

    function _holds(uint256 mask, uint256 bit) internal pure returns (bool) {
        return (mask / 2 ** bit) % 2 == 1;
    }
}
