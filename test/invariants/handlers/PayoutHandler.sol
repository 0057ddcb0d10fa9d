// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IRewardDistributor, Payout} from "../../../contracts/research/interfaces/IRewardDistributor.sol";
import {RewardDistributor} from "../../../contracts/research/RewardDistributor.sol";
import {bound, vm} from "../../Vm.sol";
import {PayoutTrees} from "../PayoutTrees.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {PayoutStore} from "../stores/PayoutStore.sol";
import {Handler} from "./Handler.sol";

/// @notice Rounds are published, their leaves claimed by one or by many, true ones and others, and their rest taken back.
contract PayoutHandler is Handler {
    uint256 internal constant MOST_LEAVES = 6;

    ResearchWorld internal immutable RESEARCH;
    RewardDistributor internal immutable DISTRIBUTOR;

    PayoutStore internal store;

    constructor(ResearchWorld inhabited, PayoutStore rounds) Handler(inhabited) {
        RESEARCH = inhabited;
        DISTRIBUTOR = inhabited.DISTRIBUTOR();
        store = rounds;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.publish.selector;
        selectors[1] = this.claim.selector;
        selectors[2] = this.claimMany.selector;
        selectors[3] = this.reclaim.selector;
    }

    /// @notice A small cohort. Now and then an index stands twice, the leaves exceed the total or stay below it, or the
    /// round is none.
    function publish(
        uint256 publisherSeed,
        uint256 tokenSeed,
        uint256 leavesSeed,
        uint256 totalSeed,
        uint256 faultSeed
    ) external {
        PayoutStore.Leaf[] memory leaves = _leaves(leavesSeed, RESEARCH.unitOf(RESEARCH.token(tokenSeed)));
        PayoutStore.Filed memory round;
        round.publisher = RESEARCH.sponsor(publisherSeed);
        round.token = RESEARCH.token(tokenSeed);
        round.total = _total(leaves, totalSeed);
        round.expiry = block.timestamp + 30 days + bound(faultSeed, 0, 10 days);
        round.root = PayoutTrees.root(store.nodesOf(leaves));
        uint256 fault = faultSeed % 32;
        if (fault == 0) round.expiry = block.timestamp + 30 days - 1;
        if (fault == 1) round.total = 0;
        if (fault == 2) round.root = 0;
        uint256 before = round.token.balanceOf(round.publisher);

        bool rightful = fault > 2 && round.total != 0;
        bool succeeded = _act(
            round.publisher,
            abi.encodeCall(
                IRewardDistributor.publish,
                (address(round.token), round.root, uint96(round.total), uint40(round.expiry))
            )
        );

        store.judge(succeeded, rightful);
        if (before - round.token.balanceOf(round.publisher) != (succeeded ? round.total : 0)) store.mispay();
        if (succeeded) store.published(round, leaves);
    }

    /// @notice One leaf, as it is or with one word changed.
    function claim(uint256 roundSeed, uint256 leafSeed, uint256 faultSeed, uint256 callerSeed) external {
        if (store.count() == 0) return;
        address account = world.patient(leafSeed / MOST_LEAVES);
        uint256[] memory rounds = new uint256[](1);
        uint256[] memory places = new uint256[](1);
        (rounds[0], places[0]) = _pick(roundSeed, leafSeed, account, type(uint256).max);
        // Mostly the leaf's own account.
        account = leafSeed % 16 == 0 ? account : store.leafAt(rounds[0], places[0]).account;
        _claim(account, rounds, places, faultSeed, callerSeed);
    }

    /// @notice Up to four leaves of somebody, of any rounds; now and then one of them twice, or of another token.
    function claimMany(uint256 roundSeed, uint256 leafSeed, uint256 faultSeed, uint256 callerSeed) external {
        if (store.count() == 0) return;
        address account = world.patient(leafSeed);
        uint256 count = faultSeed % 16 == 0 ? 0 : 2 + ((faultSeed / 16) % 3);
        uint256[] memory rounds = new uint256[](count);
        uint256[] memory places = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            // In the first one's token, mostly.
            uint256 token = i != 0 && roundSeed % 8 != 0 ? rounds[0] : type(uint256).max;
            (rounds[i], places[i]) = _pick(roundSeed / 8 + i, leafSeed, account, token);
        }
        _claim(account, rounds, places, faultSeed / 64, callerSeed);
    }

    function reclaim(uint256 roundSeed, uint256 callerSeed) external {
        if (store.count() == 0) return;
        uint256 place = roundSeed % 4 == 0 ? (roundSeed / 4) % (store.count() + 1) : store.findOver(roundSeed / 4);
        PayoutStore.Filed memory round;
        if (place < store.count()) round = store.roundAt(place);
        address caller = callerSeed % 4 == 0 ? world.anyone(callerSeed / 4) : round.publisher;
        uint256 left = place < store.count() ? store.leftOf(place) : 0;
        uint256 before = left == 0 ? 0 : round.token.balanceOf(caller);

        bool rightful =
            caller == round.publisher &&
                left != 0 &&
                block.timestamp >= round.expiry &&
                !RESEARCH.refuses(round.token, caller);
        bool succeeded = _act(caller, abi.encodeCall(IRewardDistributor.reclaim, (place + 1)));

        store.judge(succeeded, rightful);
        if (left == 0) return;
        uint256 moved = round.token.balanceOf(caller) - before;
        if (moved != (succeeded ? left : 0)) store.mispay();
        if (succeeded) store.reclaimed(place, moved);
    }

    function _claim(
        address account,
        uint256[] memory rounds,
        uint256[] memory places,
        uint256 faultSeed,
        uint256 callerSeed
    ) internal {
        Payout[] memory payouts = _payouts(rounds, places);
        bool isTrue = !_spoil(payouts, faultSeed);
        IERC20 token = store.roundAt(rounds.length == 0 ? 0 : rounds[0]).token;
        uint256 before = token.balanceOf(account);

        (bool rightful, uint256 amount) = _rightful(account, rounds, places);
        bool succeeded = _act(world.anyone(callerSeed), abi.encodeCall(IRewardDistributor.claim, (account, payouts)));

        store.judge(succeeded, rightful && isTrue);
        if (token.balanceOf(account) - before != (succeeded ? amount : 0)) store.mispay();
        if (!succeeded) return;
        for (uint256 i; i < rounds.length; ++i) store.paid(rounds[i], places[i]);
        store.transferred();
    }

    /// @dev Keeps the reason of a refusal.
    function _act(address caller, bytes memory data) internal returns (bool succeeded) {
        bytes memory outcome;
        vm.prank(caller);
        (succeeded, outcome) = address(DISTRIBUTOR).call(data);
        if (!succeeded) store.refuse(bytes4(outcome));
        _count(succeeded);
    }

    /// @dev One word of one payout is another. Nothing is, mostly.
    function _spoil(Payout[] memory payouts, uint256 seed) internal pure returns (bool) {
        uint256 fault = seed % 32;
        if (payouts.length == 0 || fault > 4) return false;
        Payout memory payout = payouts[(seed / 32) % payouts.length];
        if (fault == 0) payout.amount += 1;
        if (fault == 1) payout.index += MOST_LEAVES;
        if (fault == 2) payout.round += 1_000;
        if (fault == 3) payout.proof = new bytes32[](payout.proof.length + 1);
        if (fault == 4) payout.amount += 2 ** 96;
        return true;
    }

    function _payouts(
        uint256[] memory rounds,
        uint256[] memory places
    ) internal view returns (Payout[] memory payouts) {
        payouts = new Payout[](rounds.length);
        for (uint256 i; i < rounds.length; ++i) {
            PayoutStore.Leaf memory leaf = store.leafAt(rounds[i], places[i]);
            payouts[i] = Payout(rounds[i] + 1, leaf.index, leaf.amount, store.proofOf(rounds[i], places[i]));
        }
    }

    /// @dev All of them the account's, in one token, unspent before and among themselves, and covered by their rounds.
    function _rightful(
        address account,
        uint256[] memory rounds,
        uint256[] memory places
    ) internal view returns (bool rightful, uint256 amount) {
        rightful = rounds.length != 0;
        for (uint256 i; i < rounds.length; ++i) {
            PayoutStore.Leaf memory leaf = store.leafAt(rounds[i], places[i]);
            PayoutStore.Filed memory round = store.roundAt(rounds[i]);
            uint256 before;
            for (uint256 j; j < i; ++j) {
                if (rounds[j] != rounds[i]) continue;
                PayoutStore.Leaf memory other = store.leafAt(rounds[j], places[j]);
                before += other.amount;
                if (other.index == leaf.index) rightful = false;
            }
            bool isOpen =
                block.timestamp < round.expiry && address(round.token) == address(store.roundAt(rounds[0]).token);
            bool isOwed = leaf.account == account && !store.isSpent(rounds[i], leaf.index);
            bool isPayable = !RESEARCH.refuses(round.token, account);
            if (!isOpen || !isOwed || !isPayable || before + leaf.amount > store.leftOf(rounds[i])) rightful = false;
            amount += leaf.amount;
        }
    }

    /// @dev Mostly a leaf of the account that nobody claimed, of a late round in the token of another, if any.
    function _pick(
        uint256 roundSeed,
        uint256 leafSeed,
        address account,
        uint256 alike
    ) internal view returns (uint256 round, uint256 place) {
        uint256 count = store.count();
        uint256 lately = count < 8 ? count : 8;
        for (uint256 i; i < lately; ++i) {
            round = count - 1 - (((roundSeed % lately) + i) % lately);
            place = store.findLeaf(round, leafSeed, account);
            bool isOther = alike < count && address(store.roundAt(round).token) != address(store.roundAt(alike).token);
            if (!isOther && store.isOwed(round, place, account)) return (round, place);
        }
    }

    function _leaves(uint256 seed, uint256 unit) internal view returns (PayoutStore.Leaf[] memory leaves) {
        leaves = new PayoutStore.Leaf[](1 + (seed % MOST_LEAVES));
        for (uint256 i; i < leaves.length; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            leaves[i].index = i != 0 && word % 16 == 0 ? i - 1 : i;
            leaves[i].account = world.patient(word / 16);
            leaves[i].amount = ((word / 2 ** 40) % 100) * unit + (word % 7);
        }
    }

    /// @dev What the leaves sum to, mostly.
    function _total(PayoutStore.Leaf[] memory leaves, uint256 seed) internal pure returns (uint256 total) {
        for (uint256 i; i < leaves.length; ++i) total += leaves[i].amount;
        if (seed % 8 == 0) total += 7;
        if (seed % 8 == 1 && total != 0) total -= 1;
        if (seed % 8 == 2) total = total / 2;
    }
}
