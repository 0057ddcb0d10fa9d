// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice A round: what one publisher promised one cohort. Three slots.
struct Round {
    address token;
    /// What nobody has claimed yet, in token units.
    uint96 left;
    address publisher;
    /// The first second nothing is claimed any more, in Unix seconds.
    uint40 expiry;
    bytes32 root;
}

/// @notice One leaf of a round: `(uint256 index, address account, uint256 amount)` of an OpenZeppelin `StandardMerkleTree`.
struct Payout {
    uint256 round;
    uint256 index;
    /// In token units.
    uint256 amount;
    bytes32[] proof;
}

/// @title IRewardDistributor
/// @notice Pays cohorts of any size in immutable rounds, each from its own deposit.
interface IRewardDistributor {
    /// @notice A round was published and paid in.
    /// @param round Its number.
    /// @param publisher Who promised it.
    /// @param token The ERC-20.
    /// @param root The root of its leaves.
    /// @param total What they sum to, in token units.
    /// @param expiry The first second nothing is claimed any more, in Unix seconds.
    event RoundPublished(
        uint256 indexed round,
        address indexed publisher,
        address indexed token,
        bytes32 root,
        uint96 total,
        uint40 expiry
    );

    /// @notice A leaf was claimed.
    /// @param round The round.
    /// @param account Who was paid.
    /// @param index Which leaf.
    /// @param amount In token units.
    event PayoutClaimed(uint256 indexed round, address indexed account, uint256 index, uint256 amount);

    /// @notice A publisher took back what nobody claimed of an expired round.
    /// @param round The round.
    /// @param publisher To whom.
    /// @param amount In token units.
    event RoundReclaimed(uint256 indexed round, address indexed publisher, uint96 amount);

    /// @notice A round has a root and a total, and ends in the future, at least `MIN_CLAIM_WINDOW` ahead.
    error RoundInvalid(bytes32 root, uint96 total, uint40 expiry);
    /// @notice There is no such round.
    error RoundUnknown(uint256 round);
    /// @notice Nothing is claimed of it any more.
    error RoundExpired(uint256 round, uint40 expiry);
    /// @notice It still pays until this time.
    error RoundOpen(uint256 round, uint40 expiry);
    /// @notice Only its publisher takes back what nobody claimed, and only what there is.
    error RoundNotYours(uint256 round, address publisher, address caller);
    /// @notice Payouts claimed together are in one token.
    error TokensMixed(address token, address other);
    /// @notice There is nothing to claim.
    error NoPayouts();
    /// @notice The leaf was claimed already.
    error PayoutSpent(uint256 round, uint256 index);
    /// @notice The proof does not lead from this leaf to the round's root.
    error PayoutUnproven(uint256 round, uint256 index, address account, uint256 amount);
    /// @notice The round has less left than the leaf says: its leaves exceed its total.
    error RoundOverspent(uint256 round, uint96 left, uint256 amount);

    /// @notice Publishes a round and pays it in. Nobody can change it from then on.
    /// @dev Errors: `RoundInvalid`, `TokenTookFee`, and the token's.
    /// @param token The ERC-20; the caller has approved the total.
    /// @param root The root of a `StandardMerkleTree` of `(uint256 index, address account, uint256 amount)`.
    /// @param total What the leaves sum to, in token units.
    /// @param expiry The first second nothing is claimed any more, in Unix seconds.
    /// @return round Its number.
    function publish(address token, bytes32 root, uint96 total, uint40 expiry) external returns (uint256 round);

    /// @notice Pays an account any number of its leaves in one transfer. By anyone.
    /// @dev Errors: `NoPayouts`, `RoundUnknown`, `RoundExpired`, `TokensMixed`, `PayoutSpent`, `PayoutUnproven`,
    /// `RoundOverspent`, and the token's.
    /// @param account Who is paid.
    /// @param payouts The leaves, with their proofs.
    function claim(address account, Payout[] calldata payouts) external;

    /// @notice Gives the publisher back what nobody claimed of an expired round.
    /// @dev Errors: `RoundUnknown`, `RoundOpen`, `RoundNotYours`, and the token's.
    /// @param round The round.
    function reclaim(uint256 round) external;

    /// @notice A round as it stands.
    /// @param round Its number.
    /// @return The round; all zero when there is none.
    function roundOf(uint256 round) external view returns (Round memory);

    /// @notice Whether a leaf was claimed.
    /// @param round The round.
    /// @param index The leaf.
    /// @return Whether it was.
    function isClaimed(uint256 round, uint256 index) external view returns (bool);

    /// @notice How many rounds were published.
    /// @return The number of the newest; they count from one.
    function roundCount() external view returns (uint256);
}
