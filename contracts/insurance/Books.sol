// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IConsentRegistry} from "../consent/interfaces/IConsentRegistry.sol";
import {PackedClaim} from "./ClaimStates.sol";
import {ClaimState, ClaimStatus, IClaims} from "./interfaces/IClaims.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {PolicyState} from "./interfaces/IPolicies.sol";
import {IReserves, Reserve} from "./interfaces/IReserves.sol";
import {Claim, ClaimId, hashLines, Line} from "../types/Claim.sol";
import {PlanId} from "../types/Plan.sol";
import {PolicyId} from "../types/Policy.sol";

/// @notice All that the escrow and its linked libraries write.
struct Books {
    mapping(PlanId plan => Reserve) reserves;
    mapping(PolicyId id => PolicyState) policies;
    mapping(ClaimId id => PackedClaim) claims;
    /// A bit for each number of a line, by `dayOf(policy, provider, day)`.
    mapping(bytes32 day => uint256) acceptedLines;
    mapping(bytes32 preauthorization => uint256) preauthorizedLines;
    mapping(address token => mapping(address payee => uint256)) credits;
}

/// @notice Whom the escrow and its linked libraries ask.
struct Registries {
    IAccreditation accreditation;
    IConsentRegistry consents;
    IPlanRegistry plans;
}

using Bookkeeping for Books global;

/// @dev The key of a day's accepted lines.
function dayOf(PolicyId policy, address provider, uint24 day) pure returns (bytes32) {
    return keccak256(abi.encode(policy, provider, day));
}

/// @title Bookkeeping
/// @notice Moves money and counts claims, each plan and policy on its own books.
library Bookkeeping {
    using SafeERC20 for IERC20;

    /* MONEY */

    /// @dev Pays, or credits when the token refuses: no payee blocks another.
    function pay(Books storage books, address token, address payee, uint256 amount) internal {
        if (amount == 0 || IERC20(token).trySafeTransfer(payee, amount)) return;

        books.credits[token][payee] += amount;

        emit IReserves.PaymentCredited(token, payee, amount);
    }

    /// @dev Pays a provider what is due now, unless the reserve has yet to bind it.
    function payClaim(
        Books storage books,
        ClaimId id,
        ClaimState memory state,
        address token,
        address provider,
        uint96 amount
    ) internal {
        if (state.unfunded || amount == 0) return;

        emit IClaims.ClaimPaid(id, provider, amount);

        books.pay(token, provider, amount);
    }

    /* RESERVES */

    /// @dev Money came in. Bounded well below what the field holds, so that nobody stops an exit by filling the reserve.
    function collect(Books storage books, PlanId plan, uint256 amount) internal {
        require(books.reserves[plan].free + amount <= type(uint96).max, IReserves.ReserveTooLarge(plan));
        books.release(plan, amount);
    }

    /// @dev Makes money free that is bound no more.
    function release(Books storage books, PlanId plan, uint256 amount) internal {
        uint256 free = books.reserves[plan].free + amount;
        require(free <= type(uint112).max, IReserves.ReserveTooLarge(plan));
        books.reserves[plan].free = uint112(free);
    }

    /// @dev The floor: live policies' collateral and what unfunded claims are owed. Nothing leaves the reserve below it.
    function requireFree(PlanId plan, Reserve memory reserve, uint96 collateral, uint256 amount) internal pure {
        uint256 needed = uint256(collateral) * reserve.policies + reserve.unfunded + amount;
        require(reserve.free >= needed, IReserves.ReserveShort(plan, reserve.free, needed));
    }

    /// @dev Takes free money out of a plan's books, down to the floor.
    function spend(Books storage books, PlanId plan, uint96 collateral, uint96 amount) internal {
        Reserve memory reserve = books.reserves[plan];
        requireFree(plan, reserve, collateral, amount);

        unchecked {
            // The floor leaves at least this much.
            books.reserves[plan].free = reserve.free - amount;
        }
    }

    /// @dev Binds money to a claim and says so, or queues the claim when the reserve is dry.
    function bind(Books storage books, PlanId plan, uint96 amount) internal returns (bool) {
        Reserve storage reserve = books.reserves[plan];
        uint112 free = reserve.free;
        if (free < amount) {
            reserve.unfunded += amount;
            return false;
        }
        unchecked {
            reserve.free = free - amount;
        }
        return true;
    }

    /// @dev Ends what was bound, or queued, for a claim.
    function unbind(Books storage books, PlanId plan, bool unfunded, uint96 amount) internal {
        if (unfunded) books.reserves[plan].unfunded -= amount;
        else books.release(plan, amount);
    }

    /* POLICIES */

    /// @dev Takes back what a claim counted towards its policy.
    function uncount(
        Books storage books,
        PolicyId id,
        bool automatic,
        uint96 benefit,
        uint96 outOfPocket,
        uint96 deductible
    ) internal {
        PolicyState storage policy = books.policies[id];
        policy.benefit -= benefit;
        policy.outOfPocket -= outOfPocket;
        policy.deductible -= deductible;
        if (automatic) policy.autoApproved -= benefit;
    }

    /// @dev Takes a line of a day, once.
    function takeLine(Books storage books, bytes32 day, Line calldata line) internal {
        uint256 accepted = books.acceptedLines[day];
        uint256 bit = 1 << line.number;
        require(accepted & bit == 0, IClaims.LineUsed(line.day, line.number));
        books.acceptedLines[day] = accepted | bit;
    }

    /// @dev Frees a claim's lines, so that a corrected one may follow.
    function freeLines(Books storage books, Claim calldata claim, PolicyId policyId, Line[] calldata lines) internal {
        require(hashLines(lines) == claim.lines, IClaims.LinesMismatch(claim.lines));

        for (uint256 i; i < lines.length; ++i) {
            books.acceptedLines[dayOf(policyId, claim.provider, lines[i].day)] &= ~(1 << lines[i].number);
        }
    }

    /* CLAIMS */

    /// @dev A claim in a status whose window is open.
    function windowed(
        Books storage books,
        ClaimId id,
        ClaimStatus status
    ) internal view returns (ClaimState memory state) {
        state = books.claims[id].load();
        require(state.status == status, IClaims.ClaimStatusInvalid(id, state.status));
        require(block.timestamp < state.deadline, IClaims.ClaimWindowOver(id, state.deadline));
    }
}

/// @dev The first second after a window that begins now. A window is at most a year.
function deadlineAfter(uint32 window) view returns (uint40) {
    return uint40(block.timestamp + window);
}
