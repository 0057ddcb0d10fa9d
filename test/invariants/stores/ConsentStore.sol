// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Terms} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Purposes} from "../../../contracts/types/Purpose.sol";
import {World} from "../World.sol";
import {Calendar} from "./Calendar.sol";

/// @notice What was granted, revoked and delegated, kept as a patient would: no versions and no epochs. Revoking
/// everything strikes out one entry after the other.
contract ConsentStore is Calendar {
    struct Grant {
        bool stands;
        uint256 purposes;
        uint256 categories;
        uint256 from;
        uint256 until;
        /// The step of the last grant or revocation.
        uint256 movedAt;
    }

    struct Mandate {
        bool stands;
        uint256 categories;
        uint256 until;
        uint256 movedAt;
    }

    struct Slot {
        address patient;
        address grantee;
        bytes32 policy;
    }

    World public immutable WORLD;

    /// @notice Orders decisions and signatures.
    uint256 public step;

    /// @notice Decisions that went through without the actor having a say, or with terms nobody may grant.
    uint256 public usurped;

    /// @notice Messages that worked after what they were signed against had moved.
    uint256 public resurrected;

    /// @notice Decisions that were refused although nothing stood against them.
    uint256 public refused;

    Slot[] internal _granted;

    mapping(address patient => uint256) public revokedAllAt;

    mapping(address patient => mapping(address grantee => mapping(bytes32 policy => Grant))) internal _grants;

    mapping(address patient => mapping(address delegate => Mandate)) internal _mandates;

    constructor(World world) {
        WORLD = world;
    }

    /* WHAT HAPPENED */

    function granted(address patient, address grantee, bytes32 policy, Terms calldata terms) external {
        uint256 from = terms.validFrom == 0 ? block.timestamp : terms.validFrom;
        _grants[patient][grantee][policy] = Grant({
            stands: true,
            purposes: Purposes.unwrap(terms.purposes),
            categories: Categories.unwrap(terms.categories),
            from: from,
            until: terms.validUntil,
            movedAt: ++step
        });
        _granted.push(Slot({patient: patient, grantee: grantee, policy: policy}));
        _mark(from);
        _mark(terms.validUntil);
    }

    function revoked(address patient, address grantee, bytes32 policy) external {
        Grant storage grant = _grants[patient][grantee][policy];
        grant.stands = false;
        grant.movedAt = ++step;
    }

    function revokedAll(address patient) external {
        for (uint256 i; i < WORLD.granteeCount(); ++i) {
            for (uint256 j; j < WORLD.policyCount(); ++j) {
                _grants[patient][WORLD.grantees(i)][WORLD.policies(j)].stands = false;
            }
        }
        for (uint256 i; i < WORLD.delegateCount(); ++i) _mandates[patient][WORLD.delegates(i)].stands = false;
        revokedAllAt[patient] = ++step;
    }

    function delegated(address patient, address delegate, uint256 until, uint256 categories) external {
        _mandates[patient][delegate] = Mandate({
            stands: until != 0,
            categories: categories,
            until: until,
            movedAt: ++step
        });
        _mark(until);
    }

    function signed(uint256 deadline) external returns (uint256) {
        _mark(deadline);
        return ++step;
    }

    /// @param fresh Nothing moved that the decision was based on; true for what is decided on the spot.
    /// @param rightful Its actor had the say, over these terms, now.
    function judge(bool succeeded, bool fresh, bool rightful) external {
        if (succeeded && !fresh) ++resurrected;
        if (succeeded && !rightful) ++usurped;
        if (!succeeded && fresh && rightful) ++refused;
    }

    /* WHAT HOLDS */

    function grantCount() external view returns (uint256) {
        return _granted.length;
    }

    /// @notice One of the last few that were granted. There must be one.
    function recentGrant(uint256 seed) external view returns (Slot memory) {
        uint256 count = _granted.length;
        return _granted[count < 4 ? seed % count : count - 1 - (seed % 4)];
    }

    function grantOf(address patient, address grantee, bytes32 policy) external view returns (Grant memory) {
        return _grants[patient][grantee][policy];
    }

    function movedAt(address patient, address delegate) external view returns (uint256) {
        return _mandates[patient][delegate].movedAt;
    }

    function permits(
        address patient,
        address grantee,
        bytes32 policy,
        uint256 purpose,
        uint256 categories
    ) external view returns (bool) {
        Grant memory grant = _grants[patient][grantee][policy];
        if (!grant.stands || block.timestamp < grant.from || block.timestamp >= grant.until) return false;
        return (grant.purposes / 2 ** purpose) % 2 == 1 && categories != 0 && _covers(grant.categories, categories);
    }

    function mayDecide(address patient, address actor, uint256 categories) public view returns (bool) {
        if (actor == patient) return true;
        Mandate memory mandate = _mandates[patient][actor];
        bool acts = mandate.stands && block.timestamp < mandate.until;
        return acts && categories != 0 && _covers(mandate.categories, categories);
    }

    /// @notice Whether an actor may replace a consent by one until a time or, with no categories and time, revoke it.
    function mayMove(
        address patient,
        address actor,
        address grantee,
        bytes32 policy,
        uint256 categories,
        uint256 until
    ) external view returns (bool) {
        Grant memory grant = _grants[patient][grantee][policy];
        if (grant.stands && block.timestamp < grant.until) categories |= grant.categories;
        if (actor != patient && until > _mandates[patient][actor].until) return false;
        return mayDecide(patient, actor, categories);
    }

    function grantable(Terms calldata terms) external view returns (bool) {
        uint256 purposes = Purposes.unwrap(terms.purposes);
        uint256 categories = Categories.unwrap(terms.categories);
        uint256 from = terms.validFrom == 0 ? block.timestamp : terms.validFrom;
        bool breaksGlass = (purposes / 2 ** 58) % 2 == 1;
        return
            purposes != 0 &&
            purposes < 2 ** 62 &&
            !breaksGlass &&
            categories != 0 &&
            categories < 2 ** 21 &&
            from >= block.timestamp &&
            terms.validUntil > from;
    }

    function _covers(uint256 mask, uint256 asked) internal pure returns (bool) {
        return mask | asked == mask;
    }
}
