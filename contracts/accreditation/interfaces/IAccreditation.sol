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

/// @title IAccreditation
/// @notice Who is licensed to act in which role, who licensed them, and who is an organisation's staff.
interface IAccreditation {
    event AccreditorSet(Role indexed role, address indexed accreditor, bool allowed);
    event Accredited(address indexed participant, Role indexed role, address indexed accreditor, uint40 validUntil);
    event LicenceSuspended(address indexed participant, Role indexed role, address indexed accreditor);
    event LicenceReinstated(address indexed participant, Role indexed role, address indexed accreditor);
    event LicenceRevoked(address indexed participant, Role indexed role, address indexed accreditor);
    event MemberSet(address indexed organisation, address indexed member, uint40 until);

    /// @notice The caller may not accredit in this role: the admin appoints accreditors.
    error AccreditorNotAllowed(Role role, address caller);
    /// @notice The licence is another accreditor's: only that accreditor may change it.
    error LicenceNotYours(address participant, Role role, address accreditor);
    /// @notice A licence must end in the future.
    error LicenceEndPast(uint40 validUntil);
    /// @notice The zero address can be neither participant, accreditor nor member.
    error AccreditationAddressZero();
    /// @notice The organisation has no such live licence, or the actor is not on its staff.
    error NotAccredited(address actor, address organisation, Role role);

    /// @notice Appoints or dismisses an accreditor of a role. Dismissal ends every licence it issued in that role,
    /// until it is appointed again.
    /// @dev Admin only, through the `AccessManager`.
    function setAccreditor(Role role, address accreditor, bool allowed) external;

    /// @notice Issues or renews a licence, ending any suspension.
    /// @dev A licence of another accreditor is refused while it is live or suspended by a live accreditor, so nobody
    /// takes a licence over or lifts another's suspension.
    /// @param validUntil The first second it no longer counts, in Unix seconds, in the future.
    function accredit(address participant, Role role, uint40 validUntil) external;

    /// @notice Suspends the caller's own licence of a participant.
    function suspend(address participant, Role role) external;

    /// @notice Ends the suspension of the caller's own licence of a participant.
    function reinstate(address participant, Role role) external;

    /// @notice Removes the caller's own licence of a participant, even after the caller was dismissed.
    function revoke(address participant, Role role) external;

    /// @notice Puts a member on the caller's staff until a time; a time not in the future ends the membership.
    /// @param until The first second the member no longer acts for the caller, in Unix seconds.
    function setMember(address member, uint40 until) external;

    /// @notice Whether an accreditor may issue licences in a role.
    function isAccreditor(Role role, address accreditor) external view returns (bool);

    /// @notice A participant's licence as stored; all zero when there is none.
    function licenceOf(address participant, Role role) external view returns (Licence memory);

    /// @notice Whether a participant's licence counts now: not ended, not suspended, its accreditor still allowed.
    function isLive(address participant, Role role) external view returns (bool);

    /// @notice The first second a member no longer acts for an organisation, in Unix seconds; 0 when never a member.
    function memberUntil(address organisation, address member) external view returns (uint40);

    /// @notice Whether an actor is the organisation or on its staff now.
    function actsFor(address actor, address organisation) external view returns (bool);

    /// @notice Whether an actor acts for an organisation that is licensed in a role: both questions in one call.
    function mayAct(address actor, address organisation, Role role) external view returns (bool);
}
