// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {PayoutTrees} from "../PayoutTrees.sol";
import {ResearchWorld} from "../ResearchWorld.sol";

/// @notice Every round that was published, and what became of its leaves.
contract PayoutStore {
    struct Filed {
        address publisher;
        IERC20 token;
        uint256 total;
        uint256 expiry;
        bytes32 root;
        uint256 paid;
        uint256 reclaimed;
    }

    struct Leaf {
        uint256 index;
        address account;
        uint256 amount;
        uint256 paid;
    }

    ResearchWorld internal immutable RESEARCH;

    /// @notice Orders what happened.
    uint256 public step;

    /// @notice Actions that went through without a right to, and those that were refused although nothing stood against them.
    uint256 public trespassed;
    uint256 public refused;

    /// @notice Payments of another amount than was right.
    uint256 public mispaid;

    /// @notice Leaves that were paid, and transfers that paid them.
    uint256 public leavesPaid;
    uint256 public transfers;

    /// @notice Rounds whose rest went back.
    uint256 public reclaims;

    /// @notice How often each reason was the answer.
    mapping(bytes4 reason => uint256) public refusalsOf;

    Filed[] internal _rounds;

    mapping(uint256 round => Leaf[]) internal _leaves;
    mapping(uint256 round => mapping(uint256 index => bool)) public isSpent;

    constructor(ResearchWorld inhabited) {
        RESEARCH = inhabited;
    }

    /* WHAT HAPPENED */

    function judge(bool succeeded, bool rightful) external {
        ++step;
        if (succeeded && !rightful) ++trespassed;
        if (!succeeded && rightful) ++refused;
    }

    function refuse(bytes4 reason) external {
        ++refusalsOf[reason];
    }

    function mispay() external {
        ++mispaid;
    }

    function published(Filed calldata round, Leaf[] calldata leaves) external {
        for (uint256 i; i < leaves.length; ++i) _leaves[_rounds.length].push(leaves[i]);
        _rounds.push(round);
    }

    function paid(uint256 round, uint256 place) external {
        Leaf storage leaf = _leaves[round][place];
        leaf.paid += leaf.amount;
        _rounds[round].paid += leaf.amount;
        isSpent[round][leaf.index] = true;
        ++leavesPaid;
    }

    function transferred() external {
        ++transfers;
    }

    function reclaimed(uint256 round, uint256 amount) external {
        _rounds[round].reclaimed += amount;
        ++reclaims;
    }

    /* WHAT IS SO */

    /// @notice How many rounds there are. The contract counts from one, the store from zero.
    function count() external view returns (uint256) {
        return _rounds.length;
    }

    function roundAt(uint256 round) external view returns (Filed memory) {
        return _rounds[round];
    }

    function leafCount(uint256 round) external view returns (uint256) {
        return _leaves[round].length;
    }

    function leafAt(uint256 round, uint256 place) external view returns (Leaf memory) {
        return _leaves[round][place];
    }

    function leftOf(uint256 round) public view returns (uint256) {
        return _rounds[round].total - _rounds[round].paid - _rounds[round].reclaimed;
    }

    /// @notice Whether a leaf can be claimed by itself now.
    function isPayable(uint256 round, uint256 place) external view returns (bool) {
        Leaf storage leaf = _leaves[round][place];
        Filed storage its = _rounds[round];
        bool isOpen = block.timestamp < its.expiry && !isSpent[round][leaf.index];
        return isOpen && leaf.amount <= leftOf(round) && !RESEARCH.refuses(its.token, leaf.account);
    }

    /// @notice Whether a leaf is somebody's, and nobody claimed it.
    function isOwed(uint256 round, uint256 place, address account) external view returns (bool) {
        Leaf storage leaf = _leaves[round][place];
        return leaf.account == account && !isSpent[round][leaf.index];
    }

    function proofOf(uint256 round, uint256 place) external view returns (bytes32[] memory) {
        return PayoutTrees.proof(nodesOf(_leaves[round]), place);
    }

    /// @notice The leaves of a tree, hashed.
    function nodesOf(Leaf[] memory leaves) public pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](leaves.length);
        for (uint256 i; i < leaves.length; ++i) {
            nodes[i] = PayoutTrees.leaf(leaves[i].index, leaves[i].account, leaves[i].amount);
        }
    }

    /// @notice From a random leaf on, the first of an account that nobody claimed; else any.
    function findLeaf(uint256 round, uint256 seed, address account) external view returns (uint256 place) {
        uint256 length = _leaves[round].length;
        for (uint256 i; i < length; ++i) {
            place = ((seed % length) + i) % length;
            Leaf storage leaf = _leaves[round][place];
            if (leaf.account == account && !isSpent[round][leaf.index]) return place;
        }
    }

    /// @notice From a random round on, the first that is over with something left; else any.
    function findOver(uint256 seed) external view returns (uint256 round) {
        for (uint256 i; i < _rounds.length; ++i) {
            round = ((seed % _rounds.length) + i) % _rounds.length;
            if (block.timestamp >= _rounds[round].expiry && leftOf(round) != 0) return round;
        }
    }
}
