// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {PlanId} from "../../types/Plan.sol";

/// @notice A plan's books, in token units. One storage slot.
struct Reserve {
    /// What is bound to no claim. Wider than what may come in, so that what comes back always fits.
    uint112 free;
    /// What claims are owed that the reserve could not bind when they came.
    uint112 unfunded;
    /// How many policies are live; each binds the plan's collateral.
    uint32 policies;
}

/// @title IReserves
/// @notice The money behind insurance plans: each plan on its own books.
/// @dev Any plain ERC-20. Fee-on-transfer tokens are refused by measuring what arrives; rebasing tokens are unsupported:
/// when one shrinks, payments are credited until the balance covers them.
interface IReserves {
    /// @notice Money came into a plan's reserve.
    /// @param plan The plan.
    /// @param from Who paid it.
    /// @param amount In token units.
    event ReserveDeposited(PlanId indexed plan, address indexed from, uint96 amount);

    /// @notice An insurer took money out of a plan's reserve.
    /// @param plan The plan.
    /// @param to Who got it.
    /// @param amount In token units.
    /// @param actor Who acted for the insurer.
    event ReserveWithdrawn(PlanId indexed plan, address indexed to, uint96 amount, address actor);

    /// @notice A payee is credited: a payment failed, or a premium is due back.
    /// @param token The ERC-20.
    /// @param payee Whom it is owed.
    /// @param amount In token units.
    event PaymentCredited(address indexed token, address indexed payee, uint256 amount);

    /// @notice A credit was paid.
    /// @param token The ERC-20.
    /// @param payee Who got it.
    /// @param amount In token units.
    event CreditPaid(address indexed token, address indexed payee, uint256 amount);

    /// @notice The plan is not published.
    error PlanNotPublished(PlanId plan);
    /// @notice The caller does not act for the plan's insurer.
    error InsurerUnauthorized(address insurer, address caller);
    /// @notice The free reserve would fall under what live policies and unfunded claims bind.
    error ReserveShort(PlanId plan, uint256 free, uint256 needed);
    /// @notice Nothing more comes in beyond 2^96 - 1 free token units.
    error ReserveTooLarge(PlanId plan);
    /// @notice The payee has no credit in this token.
    error CreditMissing(address token, address payee);

    /// @notice Pays into a published plan's reserve. By anyone.
    /// @dev Errors: `PlanNotPublished`, `TokenTookFee`, `ReserveTooLarge`, and the token's.
    /// @param plan The plan.
    /// @param amount In token units; the caller has approved them.
    function deposit(PlanId plan, uint96 amount) external;

    /// @notice Takes free money out of a plan's reserve. By its insurer, licensed or not.
    /// @dev Errors: `InsurerUnauthorized`, `ReserveShort`, and the token's.
    /// @param plan The plan.
    /// @param amount In token units.
    /// @param to Who gets it.
    function withdraw(PlanId plan, uint96 amount, address to) external;

    /// @notice Pays what a payee was credited. By anyone, to the payee only.
    /// @dev Errors: `CreditMissing`, and the token's.
    /// @param token The ERC-20.
    /// @param payee Whom it is owed.
    function withdrawCredit(address token, address payee) external;

    /// @notice A plan's books.
    /// @param plan The plan.
    /// @return The reserve; all zero when there is none.
    function reserveOf(PlanId plan) external view returns (Reserve memory);

    /// @notice What a payee is credited with.
    /// @param token The ERC-20.
    /// @param payee The payee.
    /// @return In token units.
    function creditOf(address token, address payee) external view returns (uint256);
}
