// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IRewardDistributor, Payout, Round} from "./interfaces/IRewardDistributor.sol";
import {Payments} from "../types/Payments.sol";

/// @title RewardDistributor
/// @notice Pays cohorts of any size in immutable rounds, each from its own deposit.
contract RewardDistributor is IRewardDistributor, Multicall, ReentrancyGuardTransient {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /* CONSTANTS */

    /// @notice How long a round pays at least, in seconds, so that no promise ends before people heard of it.
    uint40 public constant MIN_CLAIM_WINDOW = 30 days;

    /* STORAGE */

    /// @inheritdoc IRewardDistributor
    uint256 public roundCount;

    mapping(uint256 round => Round) internal _rounds;

    mapping(uint256 round => BitMaps.BitMap) internal _claimed;

    /* PUBLISHER ACTIONS */

    /// @inheritdoc IRewardDistributor
    function publish(
        address token,
        bytes32 root,
        uint96 total,
        uint40 expiry
    ) external nonReentrant returns (uint256 round) {
        require(
            root != 0 && total != 0 && expiry >= block.timestamp + MIN_CLAIM_WINDOW,
            RoundInvalid(root, total, expiry)
        );

        round = ++roundCount;
        _rounds[round] = Round({token: token, left: total, publisher: msg.sender, expiry: expiry, root: root});

        emit RoundPublished(round, msg.sender, token, root, total, expiry);

        Payments.pull(token, msg.sender, total);
    }

    /// @inheritdoc IRewardDistributor
    function reclaim(uint256 round) external {
        Round memory held = _rounds[round];
        require(held.publisher != address(0), RoundUnknown(round));
        require(block.timestamp >= held.expiry, RoundOpen(round, held.expiry));
        require(held.publisher == msg.sender && held.left != 0, RoundNotYours(round, held.publisher, msg.sender));

        _rounds[round].left = 0;

        emit RoundReclaimed(round, msg.sender, held.left);

        IERC20(held.token).safeTransfer(msg.sender, held.left);
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IRewardDistributor
    function claim(address account, Payout[] calldata payouts) external {
        require(payouts.length != 0, NoPayouts());
        address token = _rounds[payouts[0].round].token;
        uint256 amount;

        for (uint256 i; i < payouts.length; ++i) amount += _spend(account, token, payouts[i]);

        IERC20(token).safeTransfer(account, amount);
    }

    /* VIEWS */

    /// @inheritdoc IRewardDistributor
    function roundOf(uint256 round) external view returns (Round memory) {
        return _rounds[round];
    }

    /// @inheritdoc IRewardDistributor
    function isClaimed(uint256 round, uint256 index) external view returns (bool) {
        return _claimed[round].get(index);
    }

    /* INTERNAL */

    /// @dev Takes a leaf off its round.
    function _spend(address account, address token, Payout calldata payout) internal returns (uint256 amount) {
        (uint256 round, uint256 index) = (payout.round, payout.index);
        amount = payout.amount;
        Round storage held = _rounds[round];
        (address its, uint96 left) = (held.token, held.left);
        require(its != address(0), RoundUnknown(round));
        require(its == token, TokensMixed(token, its));
        require(block.timestamp < held.expiry, RoundExpired(round, held.expiry));
        require(!_claimed[round].get(index), PayoutSpent(round, index));
        // Hashed twice, as OpenZeppelin's trees do, so that no inner node passes for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(index, account, amount))));
        require(
            MerkleProof.verifyCalldata(payout.proof, held.root, leaf),
            PayoutUnproven(round, index, account, amount)
        );
        require(amount <= left, RoundOverspent(round, left, amount));

        _claimed[round].set(index);
        unchecked {
            // No more than is left, so it fits.
            held.left = left - uint96(amount);
        }

        emit PayoutClaimed(round, account, index, amount);
    }
}
