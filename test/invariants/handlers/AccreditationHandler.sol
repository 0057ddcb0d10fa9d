// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../../../contracts/accreditation/interfaces/IAccreditation.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {bound} from "../../Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice Licences come, are suspended and go; organisations hire.
contract AccreditationHandler is Handler {
    CareStore internal store;

    constructor(World inhabited, CareStore care) Handler(inhabited) {
        store = care;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.accredit.selector;
        selectors[1] = this.suspend.selector;
        selectors[2] = this.reinstate.selector;
        selectors[3] = this.revoke.selector;
        selectors[4] = this.setMember.selector;
        selectors[5] = this.appoint.selector;
    }

    /// @notice Everybody starts with a licence from the first accreditor.
    function licenseAll() external {
        uint256 until = block.timestamp + 1000 days;
        for (uint256 i; i < 3; ++i) {
            _appoint(_role(i), world.accreditor(0), true);
            _appoint(_role(i), world.accreditor(1), true);
            for (uint256 j; j < 3; ++j) _accredit(world.accreditor(0), _holder(_role(i), j), _role(i), uint40(until));
        }
        this.setMember(0, 0, until);
    }

    function accredit(uint256 accreditorSeed, uint256 holderSeed, uint256 roleSeed, uint256 timeSeed) external {
        Role role = _role(roleSeed);
        uint40 until = uint40(block.timestamp + (timeSeed % 8 == 0 ? bound(timeSeed / 8, 0, 1 days) : 1000 days));
        _accredit(_accreditor(accreditorSeed), _holder(role, holderSeed), role, until);
    }

    function suspend(uint256 accreditorSeed, uint256 holderSeed, uint256 roleSeed, uint256 rarity) external {
        if (rarity % 4 == 0) _suspend(accreditorSeed, holderSeed, roleSeed, true);
    }

    function reinstate(uint256 accreditorSeed, uint256 holderSeed, uint256 roleSeed) external {
        _suspend(accreditorSeed, holderSeed, roleSeed, false);
    }

    function revoke(uint256 accreditorSeed, uint256 holderSeed, uint256 roleSeed, uint256 rarity) external {
        if (rarity % 8 != 0) return;
        Role role = _role(roleSeed);
        address holder = _holder(role, holderSeed);
        address accreditor = _accreditor(accreditorSeed);

        bool own = store.licenceOf(holder, role).accreditor == accreditor;
        bool succeeded = _act(accreditor, abi.encodeCall(IAccreditation.revoke, (holder, role)));

        store.judge(succeeded, true, own);
        if (succeeded) store.struckOff(holder, role);
    }

    function setMember(uint256 organisationSeed, uint256 memberSeed, uint256 timeSeed) external {
        address organisation = world.grantee(organisationSeed);
        address member = world.member(memberSeed);
        uint40 until = timeSeed % 4 == 0 ? 0 : uint40(block.timestamp + bound(timeSeed, 1, 30 days));

        bool succeeded = _act(organisation, abi.encodeCall(IAccreditation.setMember, (member, until)));

        store.judge(succeeded, true, true);
        if (succeeded) store.hired(organisation, member, until);
    }

    function appoint(uint256 roleSeed, uint256 accreditorSeed, uint256 rarity) external {
        // Dismissals are rarer, or nobody would be licensed for long.
        _appoint(_role(roleSeed), _accreditor(accreditorSeed), rarity % 16 != 0);
    }

    function _appoint(Role role, address accreditor, bool allowed) internal {
        // Whether the admin still is one is no matter of these invariants, so nothing is judged.
        bool succeeded = _act(world.ADMIN(), abi.encodeCall(IAccreditation.setAccreditor, (role, accreditor, allowed)));
        if (succeeded) store.appointed(role, accreditor, allowed);
    }

    function _accredit(address accreditor, address holder, Role role, uint40 until) internal {
        bool rightful = until > block.timestamp && store.mayAccredit(accreditor, holder, role);
        bool succeeded = _act(accreditor, abi.encodeCall(IAccreditation.accredit, (holder, role, until)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.accredited(holder, role, accreditor, until);
    }

    function _suspend(uint256 accreditorSeed, uint256 holderSeed, uint256 roleSeed, bool suspended) internal {
        Role role = _role(roleSeed);
        address holder = _holder(role, holderSeed);
        address accreditor = _accreditor(accreditorSeed);

        bool own = store.licenceOf(holder, role).accreditor == accreditor;
        bool succeeded = _act(
            accreditor,
            suspended
                ? abi.encodeCall(IAccreditation.suspend, (holder, role))
                : abi.encodeCall(IAccreditation.reinstate, (holder, role))
        );

        store.judge(succeeded, true, own);
        if (succeeded) store.suspended(holder, role, suspended);
    }

    /// @dev Mostly the one who licensed everybody at the start.
    function _accreditor(uint256 seed) internal view returns (address) {
        return world.accreditor(seed % 4 == 3 ? 1 : 0);
    }

    function _act(address actor, bytes memory data) internal returns (bool) {
        return _call(actor, address(world.ACCREDITATION()), data);
    }

    function _role(uint256 seed) internal pure returns (Role) {
        return [Role.Practitioner, Role.PrivacyOfficer, Role.Provider][seed % 3];
    }

    function _holder(Role role, uint256 seed) internal view returns (address) {
        if (role == Role.Practitioner) return world.clinician(seed);
        return role == Role.PrivacyOfficer ? world.officer(seed) : world.grantee(seed);
    }
}
