// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Role} from "../../types/Role.sol";

/// @notice A participant's licence in one role. One storage slot.
struct Licence {
    /// Who issued it, and alone may suspend, reinstate or revoke it.
    address accreditor;
    /// The first second it no longer counts, in Unix seconds.
    uint40 validUntil;
    bool suspended;
}

/// @notice How long somebody is on an organisation's staff. One storage slot.
struct Membership {
    /// The first second it no longer counts, in Unix seconds.
    uint40 until;
    /// When it began, in Unix seconds; a renewal keeps it.
    uint40 since;
}

/// @title IAccreditation
/// @notice Who is licensed to act in which role, who licensed them, and who is an organisation's staff.
interface IAccreditation {
    /// @notice The admin appointed or dismissed an accreditor of a role.
    /// @param role The role.
    /// @param accreditor The accreditor.
    /// @param allowed Whether it was appointed.
    event AccreditorSet(Role indexed role, address indexed accreditor, bool allowed);

    /// @notice A licence was issued or renewed.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @param accreditor Who issued it.
    /// @param validUntil The first second it no longer counts, in Unix seconds.
    event Accredited(address indexed participant, Role indexed role, address indexed accreditor, uint40 validUntil);

    /// @notice A licence was suspended.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @param accreditor Who suspended it.
    event LicenceSuspended(address indexed participant, Role indexed role, address indexed accreditor);

    /// @notice A licence's suspension ended.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @param accreditor Who reinstated it.
    event LicenceReinstated(address indexed participant, Role indexed role, address indexed accreditor);

    /// @notice A licence was removed.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @param accreditor Who removed it.
    event LicenceRevoked(address indexed participant, Role indexed role, address indexed accreditor);

    /// @notice An organisation put a member on its staff, or changed until when.
    /// @param organisation Whose staff.
    /// @param member Who acts for it.
    /// @param until The first second the member no longer does, in Unix seconds.
    event MemberSet(address indexed organisation, address indexed member, uint40 until);

    /// @notice The caller may not accredit in this role: the admin appoints accreditors.
    error AccreditorNotAllowed(Role role, address caller);
    /// @notice The licence is another accreditor's (zero: there is none): only that accreditor may change it.
    error LicenceNotYours(address participant, Role role, address accreditor);
    /// @notice A licence must end in the future.
    error LicenceEndPast(uint40 validUntil);
    /// @notice The zero address can be neither participant, accreditor nor member.
    error AccreditationAddressZero();

    /// @notice Appoints or dismisses an accreditor of a role. Dismissal ends every licence it issued in that role,
    /// until it is appointed again.
    /// @dev Admin only, through the `AccessManager`. Errors: `AccessManagedUnauthorized`, `AccreditationAddressZero`.
    /// @param role The role it may, or may no longer, accredit in.
    /// @param accreditor The accreditor.
    /// @param allowed True appoints, false dismisses.
    function setAccreditor(Role role, address accreditor, bool allowed) external;

    /// @notice Issues or renews a licence, ending any suspension of the caller's own.
    /// @dev A licence of another accreditor is refused while it is live or suspended by a live accreditor, so nobody
    /// takes a licence over or lifts another's suspension. Errors: `AccreditorNotAllowed`, `AccreditationAddressZero`,
    /// `LicenceEndPast`, `LicenceNotYours`.
    /// @param participant Whom to license.
    /// @param role In which role; the caller must be an accreditor of it.
    /// @param validUntil The first second it no longer counts, in Unix seconds, in the future.
    function accredit(address participant, Role role, uint40 validUntil) external;

    /// @notice Suspends a licence the caller issued. Errors: `LicenceNotYours`.
    /// @param participant Whose licence.
    /// @param role In which role.
    function suspend(address participant, Role role) external;

    /// @notice Ends the suspension of a licence the caller issued. Errors: `LicenceNotYours`.
    /// @param participant Whose licence.
    /// @param role In which role.
    function reinstate(address participant, Role role) external;

    /// @notice Removes a licence the caller issued, even after the caller was dismissed. Errors: `LicenceNotYours`.
    /// @param participant Whose licence.
    /// @param role In which role.
    function revoke(address participant, Role role) external;

    /// @notice Puts a member on the caller's staff until a time; a time not in the future ends the membership.
    /// Errors: `AccreditationAddressZero`.
    /// @dev Membership is of one organisation only: a member's own members do not act for it.
    /// @param member Who acts for the caller.
    /// @param until The first second the member no longer does, in Unix seconds.
    function setMember(address member, uint40 until) external;

    /// @notice Whether an accreditor may issue licences in a role.
    /// @param role The role.
    /// @param accreditor The accreditor.
    /// @return Whether the admin appointed it and has not dismissed it since.
    function isAccreditor(Role role, address accreditor) external view returns (bool);

    /// @notice A participant's licence as stored. It may not count: ask `isLive`.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @return The licence; all zero when there is none.
    function licenceOf(address participant, Role role) external view returns (Licence memory);

    /// @notice Whether a participant's licence counts now.
    /// @param participant Whose licence.
    /// @param role In which role.
    /// @return Whether it has not ended, is not suspended, and its accreditor is still allowed.
    function isLive(address participant, Role role) external view returns (bool);

    /// @notice Whether an actor is the organisation or on its staff now.
    /// @param actor Who acts.
    /// @param organisation For whom.
    /// @return Whether it may.
    function actsFor(address actor, address organisation) external view returns (bool);

    /// @notice Whether an actor is the organisation, or on its staff now and was already at a time, without a break.
    /// @param actor Who acts.
    /// @param organisation For whom.
    /// @param time In Unix seconds.
    /// @return Whether it did at that time, and still may.
    function actedForSince(address actor, address organisation, uint40 time) external view returns (bool);

    /// @notice Whether an actor acts for an organisation that is licensed in a role: both questions in one call.
    /// @param actor Who acts.
    /// @param organisation For whom.
    /// @param role The role the organisation needs.
    /// @return Whether it may.
    function mayAct(address actor, address organisation, Role role) external view returns (bool);
}
