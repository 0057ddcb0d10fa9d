// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {Books} from "./Books.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReserves, Reserve} from "./interfaces/IReserves.sol";
import {Payments} from "../types/Payments.sol";
import {PlanId} from "../types/Plan.sol";

/// @title Reserves
/// @notice The money behind insurance plans: each plan on its own books.
abstract contract Reserves is IReserves, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /// @notice What plans promise.
    IPlanRegistry public immutable PLANS;

    /* STORAGE */

    Books internal _books;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation, IPlanRegistry plans) {
        ACCREDITATION = accreditation;
        PLANS = plans;
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IReserves
    function deposit(PlanId plan, uint96 amount) external nonReentrant {
        (, bool published, address token, ) = _underwritingOf(plan);
        require(published, PlanNotPublished(plan));

        _books.collect(plan, amount);

        emit ReserveDeposited(plan, msg.sender, amount);

        Payments.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IReserves
    function withdrawCredit(address token, address payee) external {
        uint256 amount = _books.credits[token][payee];
        require(amount != 0, CreditMissing(token, payee));

        _books.credits[token][payee] = 0;

        emit CreditPaid(token, payee, amount);

        IERC20(token).safeTransfer(payee, amount);
    }

    /* INSURER ACTIONS */

    /// @inheritdoc IReserves
    function withdraw(PlanId plan, uint96 amount, address to) external {
        (address insurer, , address token, uint96 collateral) = _underwritingOf(plan);
        _requireInsurer(insurer);

        _books.spend(plan, collateral, amount);

        emit ReserveWithdrawn(plan, to, amount, msg.sender);

        IERC20(token).safeTransfer(to, amount);
    }

    /* VIEWS */

    /// @inheritdoc IReserves
    function reserveOf(PlanId plan) external view returns (Reserve memory) {
        return _books.reserves[plan];
    }

    /// @inheritdoc IReserves
    function creditOf(address token, address payee) external view returns (uint256) {
        return _books.credits[token][payee];
    }

    /* INTERNAL */

    // One home for each question, because every copy of a call takes room.

    function _underwritingOf(
        PlanId plan
    ) internal view returns (address insurer, bool published, address token, uint96 collateral) {
        return PLANS.underwritingOf(plan);
    }

    function _actsFor(address actor, address organisation) internal view returns (bool) {
        return ACCREDITATION.actsFor(actor, organisation);
    }

    function _requireInsurer(address insurer) internal view {
        require(_actsFor(msg.sender, insurer), InsurerUnauthorized(insurer, msg.sender));
    }
}
