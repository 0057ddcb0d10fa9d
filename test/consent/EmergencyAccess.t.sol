// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Accreditation} from "../../contracts/accreditation/Accreditation.sol";
import {ConsentRegistry} from "../../contracts/consent/ConsentRegistry.sol";
import {EmergencyAccess} from "../../contracts/consent/EmergencyAccess.sol";
import {
    Emergency,
    EmergencyCase,
    IEmergencyAccess,
    Verdict
} from "../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {Authorization, SignatureInvalid} from "../../contracts/types/Authorization.sol";
import {ALL_CATEGORIES, Categories, UNRESTRICTED_CATEGORIES} from "../../contracts/types/Categories.sol";
import {Role} from "../../contracts/types/Role.sol";
import {Messages} from "../invariants/Messages.sol";
import {World} from "../invariants/World.sol";
import {around, bound, slotsWritten, vm} from "../Vm.sol";

contract EmergencyAccessTest {
    World internal world;
    Accreditation internal accreditation;
    ConsentRegistry internal consents;
    EmergencyAccess internal emergencies;
    address internal chamber;
    address internal patient;
    address internal guardian;
    address internal doctor;
    address internal surgeon;
    address internal officer;

    function setUp() external {
        world = new World(address(this));
        accreditation = world.ACCREDITATION();
        consents = world.CONSENTS();
        emergencies = world.EMERGENCIES();
        chamber = world.accreditor(0);
        patient = world.patient(0);
        guardian = world.delegate(0);
        doctor = world.clinician(0);
        surgeon = world.clinician(1);
        officer = world.officer(0);
        accreditation.setAccreditor(Role.Practitioner, chamber, true);
        accreditation.setAccreditor(Role.PrivacyOfficer, chamber, true);
        _accredit(doctor, Role.Practitioner);
        _accredit(surgeon, Role.Practitioner);
        _accredit(officer, Role.PrivacyOfficer);
    }

    /* OPENING */

    function testFuzz_AnEmergencyIsOpenForFourHours(uint256 timeSeed, uint48 asked, bool narrow) external {
        if (narrow) asked &= Categories.unwrap(UNRESTRICTED_CATEGORIES);
        uint40 openedAt = _open(doctor);
        uint40 now_ = uint40(bound(around(openedAt + 4 hours, timeSeed), openedAt, type(uint40).max));
        vm.warp(now_);

        bool covered = asked != 0 && asked < 2 ** 20;
        vm.assertEq(_isOpen(doctor, asked), covered && now_ < openedAt + 4 hours);
    }

    function testFuzz_NothingDoneMeanwhileKeepsItOpenLonger(uint256 timeSeed, uint8 action) external {
        uint40 openedAt = _open(doctor);
        vm.warp(bound(timeSeed, openedAt, openedAt + 4 hours - 1));
        action %= 5;
        if (action == 0) _prefer(Categories.unwrap(ALL_CATEGORIES));
        if (action == 1) vm.assertEq(_verdict(openedAt, true), IEmergencyAccess.EmergencyStillOpen.selector);
        if (action == 2) _review(openedAt, false);
        if (action == 3) _contest(openedAt);
        if (action == 4) _accredit(doctor, Role.Practitioner);

        vm.warp(openedAt + 4 hours);

        vm.assertFalse(_isOpen(doctor, 1));
        vm.assertFalse(_isOpen(doctor, Categories.unwrap(ALL_CATEGORIES)));
    }

    function testFuzz_EachOpeningCountsFromItsOwnSecond(uint256 first, uint256 second) external {
        uint40 openedAt = _open(doctor);
        first = bound(first, 1, 1 weeks);
        vm.warp(openedAt + first);
        uint40 again = _open(doctor);

        vm.warp(again + bound(second, 0, 8 hours));

        vm.assertEq(_isOpen(doctor, 1), block.timestamp < again + 4 hours);
        vm.assertEq(uint8(emergencies.caseOf(patient, doctor, openedAt).verdict), uint8(Verdict.Pending));
    }

    function testFuzz_ItCoversWhatThePatientLeftOpen(uint48 preferred, uint48 asked, bool narrow) external {
        preferred &= Categories.unwrap(ALL_CATEGORIES);
        if (narrow) asked &= preferred;
        _prefer(preferred);
        if (preferred == 0)
            vm.expectRevert(abi.encodeWithSelector(IEmergencyAccess.EmergencyOptedOut.selector, patient));
        vm.prank(doctor);
        emergencies.open(patient, 0);

        bool covered = asked != 0;
        for (uint256 bit; bit < 48; ++bit) if (_holds(asked, bit) && !_holds(preferred, bit)) covered = false;
        vm.assertEq(_isOpen(doctor, asked), covered);
    }

    function testFuzz_ALaterPreferenceIsForLaterEmergencies(uint48 preferred) external {
        preferred &= Categories.unwrap(ALL_CATEGORIES);
        _open(doctor);

        _prefer(preferred);

        vm.assertTrue(_isOpen(doctor, Categories.unwrap(UNRESTRICTED_CATEGORIES)));
        vm.assertFalse(_isOpen(doctor, Categories.unwrap(ALL_CATEGORIES)));
    }

    function testFuzz_ItIsOpenToTheOneWhoOpenedIt(address other, address otherPatient) external {
        vm.assume(other != doctor || otherPatient != patient);
        _open(doctor);

        vm.assertFalse(emergencies.isOpen(otherPatient, other, Categories.wrap(1)));
    }

    function testFuzz_OnlyPractitionersOpen(address caller) external {
        vm.assume(caller != doctor && caller != surgeon);

        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyAccess.EmergencyNotPractitioner.selector, caller));
        emergencies.open(patient, 0);
    }

    function testFuzz_ItEndsWithTheLicence(uint8 kind, uint256 elapsed) external {
        uint40 openedAt = _open(doctor);
        vm.warp(openedAt + bound(elapsed, 0, 4 hours - 1));
        kind %= 3;
        if (kind == 0) {
            vm.prank(chamber);
            accreditation.suspend(doctor, Role.Practitioner);
        }
        if (kind == 1) {
            vm.prank(chamber);
            accreditation.revoke(doctor, Role.Practitioner);
        }
        if (kind == 2) accreditation.setAccreditor(Role.Practitioner, chamber, false);

        vm.assertFalse(_isOpen(doctor, 1));
    }

    /* COUNTERSIGNING */

    function testFuzz_FromTheFourthUnreviewedCaseASecondSigns(uint8 opened, uint8 reviewed) external {
        opened = uint8(bound(opened, 1, 3));
        reviewed = uint8(bound(reviewed, 0, opened));
        uint40[] memory cases = new uint40[](opened);
        for (uint256 i; i < opened; ++i) {
            vm.warp(block.timestamp + 1);
            cases[i] = _open(doctor);
        }
        for (uint256 i; i < reviewed; ++i) _review(cases[i], false);
        vm.warp(block.timestamp + 1);

        vm.assertEq(emergencies.unreviewedOf(doctor), opened - reviewed);
        if (opened - reviewed == 3) vm.expectPartialRevert(IEmergencyAccess.EmergencyNeedsCountersignature.selector);
        vm.prank(doctor);
        emergencies.open(patient, 0);
    }

    function testFuzz_ACountersignatureIsOverEveryField(bytes32 evidence, uint40 life, uint256 field) external {
        _accredit(officer, Role.Practitioner);
        if (field % 2 == 0) {
            _open(doctor);
            vm.warp(block.timestamp + 1);
        }
        uint24 version = emergencies.emergencyOf(patient, doctor).version;
        uint256 deadline = block.timestamp + 1 + life;
        bytes memory signature = world.sign(
            surgeon,
            Messages.countersign(address(emergencies), patient, doctor, version, evidence, deadline)
        );
        field = (field / 2) % 8;
        if (field == 3) {
            // Another opening moves what the message was signed against.
            _open(doctor);
            vm.warp(block.timestamp + 1);
        }
        if (field == 6) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IEmergencyAccess.openCountersigned,
            (
                field == 0 ? world.patient(1) : patient,
                field == 1 ? evidence ^ bytes32(uint256(1)) : evidence,
                Authorization(field == 4 ? officer : surgeon, field == 5 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(
            _refusal(field == 2 ? officer : doctor, changed),
            field == 7 ? bytes4(0) : SignatureInvalid.selector
        );
        if (field == 7) {
            vm.warp(block.timestamp + 1);
            vm.assertNotEq(_refusal(doctor, changed), 0);
        }
    }

    function testFuzz_ACountersignatureIsVoidAfterWhatHappenedSince(uint8 event_, bytes32 evidence) external {
        uint40 openedAt = _open(doctor);
        uint24 version = emergencies.emergencyOf(patient, doctor).version;
        bytes memory signature = world.sign(
            surgeon,
            Messages.countersign(address(emergencies), patient, doctor, version, evidence, type(uint256).max)
        );
        vm.warp(openedAt + 1);
        event_ %= 3;
        if (event_ == 0) _contest(openedAt);
        if (event_ == 1) _review(openedAt, false);
        if (event_ == 2) {
            _open(doctor);
            vm.warp(openedAt + 2);
        }

        vm.prank(doctor);
        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, surgeon));
        emergencies.openCountersigned(patient, evidence, Authorization(surgeon, type(uint256).max), signature);
    }

    function testFuzz_NobodyCountersignsTheirOwnNorUnlicensed(bool own, bytes32 evidence) external {
        address signer = own ? doctor : officer;
        bytes memory signature = world.sign(
            signer,
            Messages.countersign(address(emergencies), patient, doctor, 0, evidence, type(uint256).max)
        );

        vm.prank(doctor);
        vm.expectRevert(
            own
                ? abi.encodeWithSelector(IEmergencyAccess.EmergencyCountersignedByOpener.selector, doctor)
                : abi.encodeWithSelector(IEmergencyAccess.EmergencyNotPractitioner.selector, officer)
        );
        emergencies.openCountersigned(patient, evidence, Authorization(signer, type(uint256).max), signature);
    }

    /* REVIEW */

    function testFuzz_OnlyPrivacyOfficersReview(address reviewer, bool justified) external {
        vm.assume(reviewer != officer);
        uint40 openedAt = _openCountersigned();

        vm.prank(reviewer);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyAccess.EmergencyReviewerInvalid.selector, reviewer));
        emergencies.review(patient, doctor, openedAt, justified, 0);
    }

    function testFuzz_TheTwoDoNotReviewEvenWithTheLicence(bool countersigner, bool justified) external {
        uint40 openedAt = _openCountersigned();
        address reviewer = countersigner ? surgeon : doctor;
        _accredit(reviewer, Role.PrivacyOfficer);

        vm.prank(reviewer);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyAccess.EmergencyReviewerInvalid.selector, reviewer));
        emergencies.review(patient, doctor, openedAt, justified, 0);
    }

    function testFuzz_AVerdictStandsOnce(bool first, bool second, uint256 timeSeed) external {
        uint40 openedAt = _open(doctor);
        vm.warp(bound(around(openedAt + 4 hours, timeSeed), openedAt, openedAt + 1 weeks));
        bool isEarly = first && block.timestamp < openedAt + 4 hours;

        // An emergency can be found unjustified at any time, and justified when it is over.
        vm.assertEq(_verdict(openedAt, first), isEarly ? IEmergencyAccess.EmergencyStillOpen.selector : bytes4(0));
        vm.assertEq(_isOpen(doctor, 1), isEarly);
        if (!isEarly) vm.assertEq(_verdict(openedAt, second), IEmergencyAccess.EmergencyReviewedAlready.selector);
    }

    function testFuzz_NobodyReviewsTheirOwnRecords(bool justified) external {
        _accredit(patient, Role.PrivacyOfficer);
        uint40 openedAt = _open(doctor);

        vm.prank(patient);
        vm.expectRevert(abi.encodeWithSelector(IEmergencyAccess.EmergencyReviewerInvalid.selector, patient));
        emergencies.review(patient, doctor, openedAt, justified, 0);
    }

    function testFuzz_AVerdictOnAnOlderCaseLeavesTheNewOneOpen(bool justified, uint256 elapsed) external {
        uint40 older = _open(doctor);
        vm.warp(older + bound(elapsed, 1, 1 weeks));
        _open(doctor);

        _review(older, justified);

        vm.assertTrue(_isOpen(doctor, 1));
    }

    /* CONTESTING */

    function testFuzz_ContestingClosesAtOnce(uint256 elapsed, uint256 later) external {
        uint40 openedAt = _open(doctor);
        vm.warp(openedAt + bound(elapsed, 0, 1 weeks));

        _contest(openedAt);

        vm.assertFalse(_isOpen(doctor, 1));
        vm.warp(bound(later, openedAt, type(uint40).max));
        vm.prank(doctor);
        vm.expectPartialRevert(IEmergencyAccess.EmergencyNeedsCountersignature.selector);
        emergencies.open(patient, 0);
    }

    function testFuzz_ContestingAnyCaseClosesTheNewestOne(uint256 elapsed, bool reviewed) external {
        uint40 older = _open(doctor);
        if (reviewed) _review(older, false);
        vm.warp(older + bound(elapsed, 1, 1 weeks));
        _open(doctor);

        _contest(older);

        vm.assertFalse(_isOpen(doctor, 1));
    }

    function testFuzz_OnlyThePatientAndTheirDelegatesContest(address caller, uint48 mask) external {
        vm.assume(caller != patient && caller != guardian);
        uint40 openedAt = _open(doctor);
        mask = (mask & Categories.unwrap(ALL_CATEGORIES)) | 1;
        vm.prank(patient);
        consents.setDelegate(guardian, type(uint40).max, Categories.wrap(mask));

        bytes memory contest = abi.encodeCall(IEmergencyAccess.contest, (patient, doctor, openedAt));
        vm.assertEq(_refusal(caller, contest), IEmergencyAccess.EmergencyUnauthorized.selector);
        bool covers = Categories.unwrap(UNRESTRICTED_CATEGORIES) & ~mask == 0;
        vm.assertEq(_refusal(guardian, contest) == 0, covers);
        vm.assertEq(_isOpen(doctor, 1), !covers);
    }

    function testFuzz_AContestSignatureIsOverEveryField(uint40 life, uint256 field) external {
        uint40 openedAt = _open(doctor);
        vm.prank(surgeon);
        emergencies.open(patient, 0);
        vm.prank(patient);
        consents.setDelegate(guardian, type(uint40).max, ALL_CATEGORIES);
        vm.warp(openedAt + 1);
        _open(doctor);
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(
            patient,
            Messages.contest(address(emergencies), patient, doctor, openedAt, deadline)
        );
        field %= 6;
        if (field == 4) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IEmergencyAccess.contestBySig,
            (
                patient,
                field == 0 ? surgeon : doctor,
                field == 1 ? openedAt + 1 : openedAt,
                Authorization(field == 2 ? guardian : patient, field == 3 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(this), changed), field == 5 ? bytes4(0) : SignatureInvalid.selector);
        vm.assertNotEq(_refusal(address(this), changed), 0);
    }

    /* PREFERENCES */

    function testFuzz_APreferenceSignatureIsOverEveryField(uint48 preferred, uint40 life, uint256 field) external {
        preferred &= Categories.unwrap(ALL_CATEGORIES);
        vm.prank(patient);
        consents.setDelegate(guardian, type(uint40).max, ALL_CATEGORIES);
        uint256 deadline = block.timestamp + life;
        bytes memory signature = world.sign(
            patient,
            Messages.setPreference(address(emergencies), patient, Categories.wrap(preferred), 0, deadline)
        );
        field %= 7;
        if (field == 2) _prefer(0);
        if (field == 5) vm.chainId(block.chainid + 1);

        bytes memory changed = abi.encodeCall(
            IEmergencyAccess.setPreferenceBySig,
            (
                field == 0 ? world.patient(1) : patient,
                Categories.wrap(field == 1 ? preferred ^ 1 : preferred),
                field == 2 ? 1 : 0,
                Authorization(field == 3 ? guardian : patient, field == 4 ? deadline + 1 : deadline),
                signature
            )
        );

        vm.assertEq(_refusal(address(this), changed), field == 6 ? bytes4(0) : SignatureInvalid.selector);
        vm.assertNotEq(_refusal(address(this), changed), 0);
    }

    function testFuzz_APreferenceSignedBeforeARevocationOfAllIsStale(uint48 preferred) external {
        preferred &= Categories.unwrap(ALL_CATEGORIES);
        uint48 revision = emergencies.preferenceRevisionOf(patient);
        bytes memory signature = world.sign(
            patient,
            Messages.setPreference(
                address(emergencies),
                patient,
                Categories.wrap(preferred),
                revision,
                type(uint256).max
            )
        );

        vm.prank(patient);
        consents.revokeAll();

        vm.expectPartialRevert(IEmergencyAccess.EmergencyPreferenceStale.selector);
        emergencies.setPreferenceBySig(
            patient,
            Categories.wrap(preferred),
            revision,
            Authorization(patient, type(uint256).max),
            signature
        );
    }

    function testFuzz_ADelegatePrefersOnlyWithinItsMask(
        uint48 mask,
        uint48 standing,
        uint48 wanted,
        uint8 shape
    ) external {
        mask = (mask & Categories.unwrap(ALL_CATEGORIES)) | 1;
        standing &= Categories.unwrap(ALL_CATEGORIES);
        wanted &= Categories.unwrap(ALL_CATEGORIES);
        if (shape & 1 != 0) standing &= mask;
        if (shape & 2 != 0) wanted &= mask;
        _prefer(standing);
        vm.prank(patient);
        consents.setDelegate(guardian, type(uint40).max, Categories.wrap(mask));

        bytes memory prefer = abi.encodeCall(IEmergencyAccess.setPreference, (patient, Categories.wrap(wanted)));
        bool within = standing | wanted != 0;
        for (uint256 bit; bit < 48; ++bit) {
            if ((_holds(standing, bit) || _holds(wanted, bit)) && !_holds(mask, bit)) within = false;
        }
        vm.assertEq(_refusal(guardian, prefer) == 0, within);
        vm.assertEq(Categories.unwrap(emergencies.coveredCategories(patient)), within ? wanted : standing);
    }

    /* PACKING */

    function testFuzz_AnOpeningIsThreeSlots(uint48 preferred, uint40 now_) external {
        preferred = (preferred & Categories.unwrap(ALL_CATEGORIES)) | 1;
        _prefer(preferred);
        vm.warp(bound(now_, block.timestamp, type(uint40).max - 4 hours));
        _accredit(doctor, Role.Practitioner);
        vm.record();

        uint40 openedAt = _open(doctor);

        // The emergency, its case, and how many cases of the clinician are unreviewed.
        vm.assertEq(slotsWritten(address(emergencies)), 3);
        Emergency memory emergency = emergencies.emergencyOf(patient, doctor);
        vm.assertEq(emergency.openedAt, openedAt);
        vm.assertEq(emergency.until, openedAt + 4 hours);
        vm.assertEq(Categories.unwrap(emergency.categories), preferred);
        vm.assertEq(emergency.contestedPending, 0);
    }

    /* HELPERS */

    function _accredit(address participant, Role role) internal {
        vm.prank(chamber);
        accreditation.accredit(participant, role, type(uint40).max);
    }

    function _open(address clinician) internal returns (uint40 openedAt) {
        vm.prank(clinician);
        emergencies.open(patient, 0);
        return uint40(block.timestamp);
    }

    function _openCountersigned() internal returns (uint40 openedAt) {
        bytes memory signature = world.sign(
            surgeon,
            Messages.countersign(address(emergencies), patient, doctor, 0, 0, type(uint256).max)
        );
        vm.prank(doctor);
        emergencies.openCountersigned(patient, 0, Authorization(surgeon, type(uint256).max), signature);
        openedAt = uint40(block.timestamp);
        EmergencyCase memory opened = emergencies.caseOf(patient, doctor, openedAt);
        vm.assertEq(opened.countersigner, surgeon);
    }

    /// @dev The error a verdict ends in; zero when it succeeds.
    function _verdict(uint40 openedAt, bool justified) internal returns (bytes4) {
        return _refusal(officer, abi.encodeCall(IEmergencyAccess.review, (patient, doctor, openedAt, justified, 0)));
    }

    function _review(uint40 openedAt, bool justified) internal {
        vm.prank(officer);
        emergencies.review(patient, doctor, openedAt, justified, 0);
    }

    function _contest(uint40 openedAt) internal {
        vm.prank(patient);
        emergencies.contest(patient, doctor, openedAt);
    }

    function _prefer(uint48 categories) internal {
        vm.prank(patient);
        emergencies.setPreference(patient, Categories.wrap(categories));
    }

    function _isOpen(address clinician, uint48 categories) internal view returns (bool) {
        return emergencies.isOpen(patient, clinician, Categories.wrap(categories));
    }

    /// @dev The error a call ends in; zero when it succeeds.
    function _refusal(address caller, bytes memory data) internal returns (bytes4) {
        vm.prank(caller);
        (bool succeeded, bytes memory result) = address(emergencies).call(data);
        return succeeded ? bytes4(0) : bytes4(result);
    }

    function _holds(uint256 mask, uint256 bit) internal pure returns (bool) {
        return (mask / 2 ** bit) % 2 == 1;
    }
}
