// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {IRewardDistributor, Payout, Round} from "../../contracts/research/interfaces/IRewardDistributor.sol";
import {RewardDistributor} from "../../contracts/research/RewardDistributor.sol";
import {around, bound, slotsWritten, vm} from "../Vm.sol";

/// @notice What holds of every round, whatever its leaves.
contract RewardDistributorTest {
    uint256 internal constant MAX_LEAVES = 20;

    /// @dev What another publisher paid in, in the same token, and nobody here has a claim to.
    uint96 internal constant ANOTHERS = 1e27;

    address internal constant RIVAL = address(0x417A1);

    struct Leaf {
        uint256 index;
        address account;
        uint256 amount;
    }

    RewardDistributor internal distributor;
    TestToken internal token;
    uint40 internal expiry;

    function setUp() external {
        vm.warp(1_750_000_000);
        expiry = uint40(block.timestamp) + 90 days;
        distributor = new RewardDistributor();
        token = new TestToken("A dollar", "USDX", 6);
        token.mint(address(this), type(uint128).max);
        token.approve(address(distributor), type(uint256).max);
        token.mint(RIVAL, ANOTHERS);
        vm.prank(RIVAL);
        token.approve(address(distributor), ANOTHERS);
        vm.prank(RIVAL);
        distributor.publish(address(token), keccak256("another's"), ANOTHERS, type(uint40).max);
    }

    /* LEAVES */

    function testFuzz_EveryLeafIsPaidOnceAndToTheUnit(uint256 seed) external {
        Leaf[] memory leaves = _leaves(seed, type(uint88).max);
        (uint256 round, bytes32[] memory tree) = _publish(leaves, _sum(leaves));
        uint256 first = _mix(seed, "first") % leaves.length;

        for (uint256 i; i < leaves.length; ++i) {
            uint256 place = (first + i) % leaves.length;
            Leaf memory leaf = leaves[place];
            uint256 owned = token.balanceOf(leaf.account);
            Payout[] memory payouts = _one(_payout(round, leaves, tree, place));
            vm.assertFalse(distributor.isClaimed(round, leaf.index));

            distributor.claim(leaf.account, payouts);

            vm.assertEq(token.balanceOf(leaf.account), owned + leaf.amount);
            vm.assertTrue(distributor.isClaimed(round, leaf.index));
            vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.PayoutSpent.selector, round, leaf.index));
            distributor.claim(leaf.account, payouts);
        }
        vm.assertEq(distributor.roundOf(round).left, 0);
        vm.assertEq(token.balanceOf(address(distributor)), ANOTHERS);
    }

    function testFuzz_AnIndexSpendsNoOther(uint256 index, uint256 seed) external {
        // Any other, and those that a bit tells apart: of its word, and of its place in it.
        uint256 other = seed % 2 == 0 ? seed : index ^ (1 << ((seed >> 1) % 256));
        vm.assume(other != index);
        Leaf[] memory leaves = new Leaf[](2);
        leaves[0] = Leaf(index, _account(0), 1);
        leaves[1] = Leaf(other, _account(0), 2);
        (uint256 round, bytes32[] memory tree) = _publish(leaves, 3);

        distributor.claim(_account(0), _one(_payout(round, leaves, tree, 0)));

        vm.assertTrue(distributor.isClaimed(round, index));
        vm.assertFalse(distributor.isClaimed(round, other));
        vm.assertFalse(distributor.isClaimed(round - 1, index));
        vm.assertFalse(distributor.isClaimed(round + 1, index));
        distributor.claim(_account(0), _one(_payout(round, leaves, tree, 1)));
        vm.assertEq(token.balanceOf(_account(0)), 3);
    }

    function testFuzz_AProofFitsNothingButItsLeaf(uint256 seed, uint256 other) external {
        Leaf[] memory leaves = _leaves(seed, type(uint88).max);
        (uint256 round, bytes32[] memory tree) = _publish(leaves, _sum(leaves));
        (uint256 another, ) = _publish(_leaves(_mix(seed, "another"), type(uint88).max), type(uint96).max);
        uint256 place = _mix(seed, "place") % leaves.length;
        Payout memory payout = _payout(round, leaves, tree, place);
        address account = leaves[place].account;

        uint256 which = _mix(seed, "which") % 6;
        if (which == 0) payout.index = other;
        if (which == 1) payout.amount = other;
        if (which == 2) account = address(uint160(other));
        if (which == 3) payout.round = another;
        if (which == 4) payout.proof = _bent(payout.proof, other);
        if (which == 5) payout.proof = _longer(payout.proof, bytes32(other));
        vm.assume(which != 0 || other != leaves[place].index);
        vm.assume(which != 1 || other != leaves[place].amount);
        vm.assume(which != 2 || account != leaves[place].account);

        vm.expectRevert(
            abi.encodeWithSelector(
                IRewardDistributor.PayoutUnproven.selector,
                payout.round,
                payout.index,
                account,
                payout.amount
            )
        );
        distributor.claim(account, _one(payout));
    }

    /* SUMS */

    function testFuzz_ARoundPaysUntilItsTotalAndFromNoOther(uint256 seed, uint96 total) external {
        vm.assume(total != 0);
        // Amounts about as large as the total, some far larger than any amount.
        Leaf[] memory leaves = _leaves(seed, uint256(total) * 2 - 1);
        if (seed % 4 == 0) leaves[0].amount = type(uint256).max - (seed >> 128);
        if (seed % 4 == 1) leaves[0].amount = 2 ** 96 + leaves[0].amount;
        (uint256 round, bytes32[] memory tree) = _publish(leaves, total);
        uint96 left = total;

        for (uint256 i; i < leaves.length; ++i) {
            Payout[] memory payouts = _one(_payout(round, leaves, tree, i));
            uint256 amount = leaves[i].amount;
            bool covered = amount <= left;
            if (!covered) {
                vm.expectRevert(
                    abi.encodeWithSelector(IRewardDistributor.RoundOverspent.selector, round, left, amount)
                );
            }
            distributor.claim(leaves[i].account, payouts);
            if (covered) left -= uint96(amount);

            vm.assertEq(distributor.isClaimed(round, leaves[i].index), covered);
            vm.assertEq(distributor.roundOf(round).left, left);
            vm.assertEq(token.balanceOf(address(distributor)), uint256(ANOTHERS) + left);
        }
        vm.warp(expiry);
        if (left != 0) distributor.reclaim(round);
        vm.assertEq(token.balanceOf(address(distributor)), ANOTHERS);
    }

    function testFuzz_RoundsClaimedTogetherPayTheirSum(uint88[] calldata amounts, uint256 seed) external {
        uint256 count = bound(amounts.length, 1, 12);
        Payout[] memory payouts = new Payout[](count);
        uint256 sum;
        for (uint256 i; i < count; ++i) {
            Leaf[] memory leaves = new Leaf[](1);
            uint256 amount = i < amounts.length ? amounts[i] : i;
            leaves[0] = Leaf(_mix(seed, bytes32(i)), _account(1), amount);
            (uint256 round, bytes32[] memory tree) = _publish(leaves, amount + 1);
            payouts[i] = _payout(round, leaves, tree, 0);
            sum += amount;
        }

        distributor.claim(_account(1), payouts);

        vm.assertEq(token.balanceOf(_account(1)), sum);
        vm.assertEq(token.balanceOf(address(distributor)), ANOTHERS + count);
        for (uint256 i; i < count; ++i) vm.assertEq(distributor.roundOf(payouts[i].round).left, 1);
    }

    /* TIMES */

    function testFuzz_ARoundIsTakenWhenItSaysAllItMust(
        bytes32 root,
        uint96 total,
        uint40 now_,
        uint256 timeSeed
    ) external {
        if (timeSeed % 8 == 0) root = 0;
        if (timeSeed % 8 == 1) total = 0;
        uint40 end = around(uint256(now_) + 30 days, timeSeed >> 3);
        vm.warp(now_);
        bool valid = root != 0 && total != 0 && end >= uint256(now_) + 30 days;
        uint256 before = distributor.roundCount();
        if (!valid) {
            vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundInvalid.selector, root, total, end));
        }

        distributor.publish(address(token), root, total, end);

        vm.assertEq(distributor.roundCount(), valid ? before + 1 : before);
        Round memory round = distributor.roundOf(before + 1);
        Round memory expected;
        if (valid) expected = Round(address(token), total, address(this), end, root);
        vm.assertEq(keccak256(abi.encode(round)), keccak256(abi.encode(expected)));
    }

    function testFuzz_ARoundIsClaimedBeforeItExpiresAndReclaimedAfter(
        uint256 timeSeed,
        address caller,
        bool publishers
    ) external {
        Leaf[] memory leaves = new Leaf[](1);
        leaves[0] = Leaf(0, _account(2), 5);
        (uint256 round, bytes32[] memory tree) = _publish(leaves, 12);
        if (publishers) caller = address(this);
        uint40 later = around(expiry, timeSeed);
        vm.warp(later);

        if (later < expiry) {
            vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundOpen.selector, round, expiry));
        } else if (caller != address(this)) {
            vm.expectRevert(
                abi.encodeWithSelector(IRewardDistributor.RoundNotYours.selector, round, address(this), caller)
            );
        }
        vm.prank(caller);
        distributor.reclaim(round);

        bool reclaimed = later >= expiry && caller == address(this);
        vm.assertEq(token.balanceOf(address(distributor)), uint256(ANOTHERS) + (reclaimed ? 0 : 12));
        if (later >= expiry) {
            vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundExpired.selector, round, expiry));
        }
        distributor.claim(_account(2), _one(_payout(round, leaves, tree, 0)));
        vm.assertEq(token.balanceOf(_account(2)), later < expiry ? 5 : 0);
    }

    /* SLOTS */

    function testFuzz_ARoundIsThreeSlotsAndALeafABit(uint256 seed) external {
        Leaf[] memory leaves = _leaves(seed, type(uint88).max);
        vm.record();
        (uint256 round, bytes32[] memory tree) = _publish(leaves, _sum(leaves));
        // The counter is the fourth.
        vm.assertEq(slotsWritten(address(distributor)), 4);

        vm.record();
        distributor.claim(leaves[0].account, _one(_payout(round, leaves, tree, 0)));
        vm.assertEq(slotsWritten(address(distributor)), 2);
    }

    /* HELPERS */

    /// @dev Up to twenty leaves of three accounts and of indices from the whole range, half of them side by side.
    function _leaves(uint256 seed, uint256 max) internal pure returns (Leaf[] memory leaves) {
        leaves = new Leaf[](1 + (_mix(seed, "count") % MAX_LEAVES));
        uint256 base = _mix(seed, "base");
        for (uint256 i; i < leaves.length; ++i) {
            uint256 random = _mix(seed, bytes32(i));
            unchecked {
                leaves[i] = Leaf(seed % 2 == 0 ? random : base + i, _account(random % 3), random % (max + 1));
            }
        }
    }

    function _publish(Leaf[] memory leaves, uint256 total) internal returns (uint256 round, bytes32[] memory tree) {
        tree = _tree(leaves);
        round = distributor.publish(address(token), tree[0], uint96(total), expiry);
    }

    /// @dev A binary heap, its leaves last, whose pairs are hashed in the order of their values.
    function _tree(Leaf[] memory leaves) internal pure returns (bytes32[] memory tree) {
        uint256 count = leaves.length;
        tree = new bytes32[](2 * count - 1);
        for (uint256 i; i < count; ++i) {
            bytes memory words = abi.encode(leaves[i].index, leaves[i].account, leaves[i].amount);
            tree[count - 1 + i] = keccak256(bytes.concat(keccak256(words)));
        }
        for (uint256 i = count - 1; i > 0; --i) {
            tree[i - 1] = Hashes.commutativeKeccak256(tree[2 * i - 1], tree[2 * i]);
        }
    }

    function _payout(
        uint256 round,
        Leaf[] memory leaves,
        bytes32[] memory tree,
        uint256 place
    ) internal pure returns (Payout memory) {
        bytes32[] memory proof;
        for (uint256 i = leaves.length - 1 + place; i > 0; i = (i - 1) / 2) {
            proof = _longer(proof, tree[i % 2 == 0 ? i - 1 : i + 1]);
        }
        return Payout(round, leaves[place].index, leaves[place].amount, proof);
    }

    function _longer(bytes32[] memory proof, bytes32 node) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i; i < proof.length; ++i) longer[i] = proof[i];
        longer[proof.length] = node;
    }

    /// @dev One bit of a proof turned, or a node added to one that has none.
    function _bent(bytes32[] memory proof, uint256 seed) internal pure returns (bytes32[] memory bent) {
        if (proof.length == 0) return _longer(proof, bytes32(seed));
        bent = proof;
        bent[seed % proof.length] ^= bytes32(1 << ((seed >> 8) % 256));
    }

    function _one(Payout memory payout) internal pure returns (Payout[] memory payouts) {
        payouts = new Payout[](1);
        payouts[0] = payout;
    }

    function _sum(Leaf[] memory leaves) internal pure returns (uint256 sum) {
        for (uint256 i; i < leaves.length; ++i) sum += leaves[i].amount;
    }

    function _account(uint256 number) internal pure returns (address) {
        return address(uint160(0xACC0 + number));
    }

    function _mix(uint256 seed, bytes32 name) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, name)));
    }
}
