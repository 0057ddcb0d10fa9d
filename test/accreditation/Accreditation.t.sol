// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {Accreditation} from "../../contracts/accreditation/Accreditation.sol";
import {IAccreditation, Licence} from "../../contracts/accreditation/interfaces/IAccreditation.sol";
import {Role} from "../../contracts/types/Role.sol";
import {World} from "../invariants/World.sol";
import {around, bound, slotsWritten, vm} from "../Vm.sol";

contract AccreditationTest {
    Accreditation internal accreditation;
    address internal chamber;
    address internal ministry;

    function setUp() external {
        World world = new World(address(this));
        accreditation = world.ACCREDITATION();
        chamber = world.accreditor(0);
        ministry = world.accreditor(1);
    }

    function testFuzz_IsLiveEqualsANaiveModel(
        address participant,
        uint8 role,
        uint40 validUntil,
        uint256 timeSeed,
        bool suspended,
        bool dismissed
    ) external {
        vm.assume(participant != address(0));
        Role licensed = _role(role);
        validUntil = uint40(bound(validUntil, block.timestamp + 1, type(uint40).max));
        _accredit(chamber, participant, licensed, validUntil);
        if (suspended) {
            vm.prank(chamber);
            accreditation.suspend(participant, licensed);
        }
        if (dismissed) accreditation.setAccreditor(licensed, chamber, false);

        uint40 later = around(validUntil, timeSeed);
        vm.warp(later);

        bool live = later < validUntil && !suspended && !dismissed;
        vm.assertEq(accreditation.isLive(participant, licensed), live);
        vm.assertEq(accreditation.mayAct(participant, participant, licensed), live);
    }

    function testFuzz_ALicenceIsOfOneRoleAndOneParticipant(
        address participant,
        address other,
        uint8 a,
        uint8 b
    ) external {
        vm.assume(participant != address(0) && participant != other && _role(a) != _role(b));
        _accredit(chamber, participant, _role(a), type(uint40).max);

        vm.assertTrue(accreditation.isLive(participant, _role(a)));
        vm.assertFalse(accreditation.isLive(participant, _role(b)));
        vm.assertFalse(accreditation.isLive(other, _role(a)));
    }

    function testFuzz_AReappointedAccreditorGetsItsLicencesBack(address participant, uint8 role) external {
        vm.assume(participant != address(0));
        _accredit(chamber, participant, _role(role), type(uint40).max);
        accreditation.setAccreditor(_role(role), chamber, false);
        vm.assertFalse(accreditation.isLive(participant, _role(role)));

        accreditation.setAccreditor(_role(role), chamber, true);
        vm.assertTrue(accreditation.isLive(participant, _role(role)));
    }

    function testFuzz_OnlyTheAdminAppoints(address caller, uint8 role, address accreditor) external {
        vm.assume(caller != address(this) && accreditor != address(0));

        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        accreditation.setAccreditor(_role(role), accreditor, true);
    }

    function testFuzz_OnlyAnAccreditorOfTheRoleAccredits(
        address caller,
        address participant,
        uint8 a,
        uint8 b
    ) external {
        vm.assume(participant != address(0) && _role(a) != _role(b) && caller != chamber);
        accreditation.setAccreditor(_role(a), chamber, true);
        accreditation.setAccreditor(_role(b), caller == address(0) ? ministry : caller, true);

        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IAccreditation.AccreditorNotAllowed.selector, _role(a), caller));
        accreditation.accredit(participant, _role(a), type(uint40).max);
    }

    function testFuzz_ALicenceEndsInTheFuture(address participant, uint256 timeSeed, uint40 validUntil) external {
        vm.assume(participant != address(0));
        uint40 now_ = around(validUntil, timeSeed);
        accreditation.setAccreditor(Role.Provider, chamber, true);
        vm.warp(now_);
        if (validUntil <= now_) {
            vm.expectRevert(abi.encodeWithSelector(IAccreditation.LicenceEndPast.selector, validUntil));
        }

        vm.prank(chamber);
        accreditation.accredit(participant, Role.Provider, validUntil);
    }

    function testFuzz_NobodyTouchesAnothersLicence(
        address caller,
        address participant,
        uint8 role,
        uint8 action
    ) external {
        vm.assume(participant != address(0) && caller != chamber);
        Role licensed = _role(role);
        _accredit(chamber, participant, licensed, type(uint40).max);
        if (caller != address(0)) accreditation.setAccreditor(licensed, caller, true);
        Licence memory before = accreditation.licenceOf(participant, licensed);

        bytes[4] memory actions = [
            abi.encodeCall(IAccreditation.suspend, (participant, licensed)),
            abi.encodeCall(IAccreditation.reinstate, (participant, licensed)),
            abi.encodeCall(IAccreditation.revoke, (participant, licensed)),
            abi.encodeCall(IAccreditation.accredit, (participant, licensed, type(uint40).max))
        ];
        vm.prank(caller);
        (bool succeeded, ) = address(accreditation).call(actions[action % 4]);

        vm.assertFalse(succeeded);
        Licence memory standing = accreditation.licenceOf(participant, licensed);
        vm.assertEq(keccak256(abi.encode(standing)), keccak256(abi.encode(before)));
    }

    function testFuzz_AnotherAccreditorTakesOverOnlyWhatBindsNobody(
        address participant,
        uint40 validUntil,
        uint256 timeSeed,
        bool suspended,
        bool dismissed
    ) external {
        vm.assume(participant != address(0));
        validUntil = uint40(bound(validUntil, block.timestamp + 1, type(uint40).max - 2));
        uint40 later = uint40(bound(around(validUntil, timeSeed), block.timestamp, type(uint40).max - 1));
        _accredit(chamber, participant, Role.Pharmacy, validUntil);
        accreditation.setAccreditor(Role.Pharmacy, ministry, true);
        if (suspended) {
            vm.prank(chamber);
            accreditation.suspend(participant, Role.Pharmacy);
        }
        if (dismissed) accreditation.setAccreditor(Role.Pharmacy, chamber, false);
        vm.warp(later);

        bool free = dismissed || (later >= validUntil && !suspended);
        if (!free) vm.expectPartialRevert(IAccreditation.LicenceNotYours.selector);
        vm.prank(ministry);
        accreditation.accredit(participant, Role.Pharmacy, type(uint40).max);

        vm.assertEq(accreditation.licenceOf(participant, Role.Pharmacy).accreditor, free ? ministry : chamber);
    }

    function testFuzz_ActsForEqualsANaiveModel(
        address organisation,
        address member,
        uint40 until,
        uint256 timeSeed
    ) external {
        vm.assume(member != address(0));
        vm.prank(organisation);
        accreditation.setMember(member, until);
        uint40 later = around(until, timeSeed);
        vm.warp(later);

        vm.assertEq(accreditation.actsFor(member, organisation), member == organisation || later < until);
        vm.assertEq(accreditation.actsFor(organisation, member), member == organisation);
        vm.assertTrue(accreditation.actsFor(organisation, organisation));
    }

    function testFuzz_MayActAsksBothQuestions(address actor, bool isStaff, bool isLicensed, uint8 a, uint8 b) external {
        vm.assume(actor != address(0) && actor != ministry);
        if (isLicensed) _accredit(chamber, ministry, _role(a), type(uint40).max);
        if (isStaff) {
            vm.prank(ministry);
            accreditation.setMember(actor, type(uint40).max);
        }

        bool licensed = isLicensed && _role(a) == _role(b);
        vm.assertEq(accreditation.mayAct(actor, ministry, _role(b)), isStaff && licensed);
    }

    function testFuzz_ALicenceIsOneSlot(address participant, uint8 role, uint40 validUntil) external {
        vm.assume(participant != address(0));
        accreditation.setAccreditor(_role(role), chamber, true);
        validUntil = uint40(bound(validUntil, block.timestamp + 1, type(uint40).max));
        vm.record();

        vm.prank(chamber);
        accreditation.accredit(participant, _role(role), validUntil);
        vm.prank(chamber);
        accreditation.suspend(participant, _role(role));

        vm.assertEq(slotsWritten(address(accreditation)), 1);
        Licence memory licence = accreditation.licenceOf(participant, _role(role));
        vm.assertEq(licence.accreditor, chamber);
        vm.assertEq(licence.validUntil, validUntil);
        vm.assertTrue(licence.suspended);
    }

    function _accredit(address accreditor, address participant, Role role, uint40 validUntil) internal {
        accreditation.setAccreditor(role, accreditor, true);
        vm.prank(accreditor);
        accreditation.accredit(participant, role, validUntil);
    }

    function _role(uint8 seed) internal pure returns (Role) {
        return Role(seed % (uint8(type(Role).max) + 1));
    }
}
