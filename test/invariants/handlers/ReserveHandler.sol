// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IReserves} from "../../../contracts/insurance/interfaces/IReserves.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {RefusingToken} from "../RefusingToken.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice Money comes and goes, and tokens refuse some payees for a while.
contract ReserveHandler is InsuranceHandler {
    /// @notice Withdrawals that left less than policies and unfunded claims bind.
    uint256 public undercut;

    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.deposit.selector;
        selectors[1] = this.withdraw.selector;
        selectors[2] = this.refuse.selector;
        selectors[3] = this.withdrawCredit.selector;
    }

    function deposit(uint256 planSeed, uint256 fromSeed, uint256 amount) external {
        uint256 plan = planSeed % INSURANCE.PLAN_COUNT();
        amount %= 300 * INSURANCE.scaleOf(plan);
        address from = fromSeed % 4 == 0 ? world.patient(fromSeed / 4) : INSURANCE.insurerOf(plan);
        uint256 before = INSURANCE.tokenOf(plan).balanceOf(from);

        bool succeeded = _act(from, abi.encodeCall(IReserves.deposit, (INSURANCE.plans(plan), uint96(amount))));

        store.judge(succeeded, true);
        store.came(plan, before - INSURANCE.tokenOf(plan).balanceOf(from));
    }

    function withdraw(uint256 planSeed, uint256 toSeed, uint256 amountSeed, uint256 callerSeed) external {
        uint256 plan = planSeed % INSURANCE.PLAN_COUNT();
        address insurer = INSURANCE.insurerOf(plan);
        address to = toSeed % 4 == 0 ? INSURANCE.provider(toSeed / 4) : insurer;
        address caller = _caller(insurer, callerSeed);
        ClaimStore.Book memory book = store.bookOf(plan);
        uint256 bound = INSURANCE.termsOf(plan).collateral * book.policies + book.unfunded;
        uint256 amount = _amount(book.free > bound ? book.free - bound : 0, amountSeed);
        RefusingToken token = INSURANCE.tokenOf(plan);
        uint256 before = token.balanceOf(to);

        bool rightful = _actsFor(caller, insurer) && book.free >= bound + amount && !token.refuses(to);
        bool succeeded = _act(caller, abi.encodeCall(IReserves.withdraw, (INSURANCE.plans(plan), uint96(amount), to)));

        store.judge(succeeded, rightful);
        store.withdrew(plan, token.balanceOf(to) - before);
        if (succeeded && ESCROW.reserveOf(INSURANCE.plans(plan)).free < bound) ++undercut;
    }

    /// @notice Anybody has a payee's credit paid.
    function withdrawCredit(uint256 payeeSeed, uint256 tokenSeed, uint256 callerSeed) external {
        RefusingToken token = INSURANCE.tokens(tokenSeed % 2);
        address payee = _credited(token, payeeSeed);
        uint256 credit = ESCROW.creditOf(address(token), payee);
        uint256 before = token.balanceOf(payee);

        bool succeeded = _act(
            world.anyone(callerSeed),
            abi.encodeCall(IReserves.withdrawCredit, (address(token), payee))
        );

        store.judge(succeeded, credit != 0 && !token.refuses(payee));
        uint256 left = ESCROW.creditOf(address(token), payee);
        // All of it and only it reaches the payee.
        if (token.balanceOf(payee) - before != credit - left || (succeeded && left != 0)) store.miscount();
    }

    /// @notice A token's issuer stops payments to somebody, mostly a provider, or allows all of them again.
    function refuse(uint256 payeeSeed, uint256 tokenSeed, uint256 allowed) external {
        RefusingToken token = INSURANCE.tokens(tokenSeed % 2);
        address[] memory payees = INSURANCE.payees();
        if (allowed % 2 == 0) {
            for (uint256 i; i < payees.length; ++i) token.setRefused(payees[i], false);
        } else {
            token.setRefused(payees[payeeSeed % 4 == 0 ? 2 + ((payeeSeed / 4) % 6) : (payeeSeed / 4) % 2], true);
        }
        _count(true);
    }

    /// @dev All there is to take, one more than that, or some.
    function _amount(uint256 most, uint256 seed) internal pure returns (uint256) {
        uint256 choice = seed % 8;
        if (choice < 2) return most + choice;
        return (seed / 8) % (most + (choice == 7 ? 1_000 : 1));
    }

    /// @dev From a random payee on, the first that has a credit; else any.
    function _credited(RefusingToken token, uint256 seed) internal view returns (address payee) {
        address[] memory payees = INSURANCE.payees();
        for (uint256 i; i < payees.length; ++i) {
            payee = payees[((seed % payees.length) + i) % payees.length];
            if (ESCROW.creditOf(address(token), payee) != 0) return payee;
        }
    }
}
