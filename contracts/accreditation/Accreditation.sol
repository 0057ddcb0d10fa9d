// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation, Licence, Membership} from "./interfaces/IAccreditation.sol";
import {Role} from "../types/Role.sol";

/// @title Accreditation
/// @notice Who is licensed to act in which role, who licensed them, and who is an organisation's staff.
contract Accreditation is IAccreditation, AccessManaged, Multicall {
    /* STORAGE */

    /// @inheritdoc IAccreditation
    mapping(Role role => mapping(address accreditor => bool)) public isAccreditor;

    mapping(address organisation => mapping(address member => Membership)) internal _memberships;

    mapping(address participant => mapping(Role role => Licence)) internal _licences;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* ADMIN */

    /// @inheritdoc IAccreditation
    function setAccreditor(Role role, address accreditor, bool allowed) external restricted {
        require(accreditor != address(0), AccreditationAddressZero());

        isAccreditor[role][accreditor] = allowed;

        emit AccreditorSet(role, accreditor, allowed);
    }

    /* ACCREDITOR ACTIONS */

    /// @inheritdoc IAccreditation
    function accredit(address participant, Role role, uint40 validUntil) external {
        require(isAccreditor[role][msg.sender], AccreditorNotAllowed(role, msg.sender));
        require(participant != address(0), AccreditationAddressZero());
        require(validUntil > block.timestamp, LicenceEndPast(validUntil));
        Licence memory held = _licences[participant][role];
        require(
            held.accreditor == msg.sender || !_binds(held, role),
            LicenceNotYours(participant, role, held.accreditor)
        );

        _licences[participant][role] = Licence({accreditor: msg.sender, validUntil: validUntil, suspended: false});

        emit Accredited(participant, role, msg.sender, validUntil);
    }

    /// @inheritdoc IAccreditation
    function suspend(address participant, Role role) external {
        _ownLicence(participant, role).suspended = true;

        emit LicenceSuspended(participant, role, msg.sender);
    }

    /// @inheritdoc IAccreditation
    function reinstate(address participant, Role role) external {
        _ownLicence(participant, role).suspended = false;

        emit LicenceReinstated(participant, role, msg.sender);
    }

    /// @inheritdoc IAccreditation
    function revoke(address participant, Role role) external {
        _ownLicence(participant, role);

        delete _licences[participant][role];

        emit LicenceRevoked(participant, role, msg.sender);
    }

    /* ORGANISATION ACTIONS */

    /// @inheritdoc IAccreditation
    function setMember(address member, uint40 until) external {
        require(member != address(0), AccreditationAddressZero());

        Membership storage membership = _memberships[msg.sender][member];
        // A renewal keeps its beginning.
        if (block.timestamp >= membership.until) membership.since = uint40(block.timestamp);
        membership.until = until;

        emit MemberSet(msg.sender, member, until);
    }

    /* VIEWS */

    /// @inheritdoc IAccreditation
    function licenceOf(address participant, Role role) external view returns (Licence memory) {
        return _licences[participant][role];
    }

    /// @inheritdoc IAccreditation
    function isLive(address participant, Role role) public view returns (bool) {
        Licence memory licence = _licences[participant][role];
        // An absent licence has validUntil 0, so it needs no check of its own.
        return block.timestamp < licence.validUntil && !licence.suspended && isAccreditor[role][licence.accreditor];
    }

    /// @inheritdoc IAccreditation
    function actsFor(address actor, address organisation) public view returns (bool) {
        return actor == organisation || block.timestamp < _memberships[organisation][actor].until;
    }

    /// @inheritdoc IAccreditation
    function actedForSince(address actor, address organisation, uint40 time) external view returns (bool) {
        return
            actor == organisation || (actsFor(actor, organisation) && _memberships[organisation][actor].since <= time);
    }

    /// @inheritdoc IAccreditation
    function mayAct(address actor, address organisation, Role role) external view returns (bool) {
        return actsFor(actor, organisation) && isLive(organisation, role);
    }

    /* INTERNAL */

    function _ownLicence(address participant, Role role) internal view returns (Licence storage licence) {
        licence = _licences[participant][role];
        require(licence.accreditor == msg.sender, LicenceNotYours(participant, role, licence.accreditor));
    }

    /// @dev Whether a licence keeps other accreditors away: its accreditor is allowed, and it is live or suspended.
    function _binds(Licence memory licence, Role role) internal view returns (bool) {
        return (licence.suspended || block.timestamp < licence.validUntil) && isAccreditor[role][licence.accreditor];
    }
}
