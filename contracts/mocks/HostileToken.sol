// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title HostileToken
/// @notice A token that anybody may mint and shrink, and that moves money in whichever way it is told to.
contract HostileToken {
    /// @notice In which way it moves money. From `AnswersFalse` to `RevertsWithMuch` it moves none of whom it refuses.
    enum Manner {
        Plain,
        AnswersNothing,
        AnswersFalse,
        AnswersTwo,
        AnswersMuch,
        Reverts,
        RevertsWithMuch,
        TakesFee,
        Reenters
    }

    /// @notice What `Reverts` says.
    error Refused();

    bytes4 internal constant TRANSFER = IERC20.transfer.selector;

    /// @notice How much is held by whom.
    mapping(address account => uint256) public balanceOf;

    /// @notice In which way it moves money now.
    Manner public manner;

    /// @notice Whom it refuses.
    address public refused;

    /// @notice Whether the call that `Reenters` made went through.
    bool public entered;

    /// @notice What that call came back with.
    bytes public answer;

    address internal _target;

    bytes internal _call;

    /// @notice Tells it how to behave.
    /// @param manner_ In which way.
    /// @param refused_ Towards whom.
    function behave(Manner manner_, address refused_) external {
        (manner, refused) = (manner_, refused_);
    }

    /// @notice Tells it what to call, once, in the middle of the next transfer.
    /// @param target Whom.
    /// @param call With what.
    function reenter(address target, bytes calldata call) external {
        (manner, _target, _call) = (Manner.Reenters, target, call);
    }

    /// @notice Makes money out of nothing.
    /// @param to Whose it is.
    /// @param amount How much, in token units.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Makes money nothing, as a token that rebases down does.
    /// @param from Whose it was.
    /// @param amount How much, in token units.
    function shrink(address from, uint256 amount) external {
        balanceOf[from] -= amount;
    }

    /// @notice Moves money, and asks for no allowance.
    /// @dev A fallback, because no typed function answers nothing, or what is no `bool`.
    /// @param input The call of `transfer` or `transferFrom`.
    /// @return What a caller reads as the answer.
    fallback(bytes calldata input) external returns (bytes memory) {
        // solhint-disable-previous-line no-complex-fallback
        (address from, address to, uint256 amount) = bytes4(input) == TRANSFER
            ? _transferOf(input[4:])
            : abi.decode(input[4:], (address, address, uint256));
        if (from == refused || to == refused) {
            require(manner != Manner.Reverts, Refused());
            if (manner == Manner.AnswersFalse) return abi.encode(false);
            if (manner == Manner.AnswersTwo) return abi.encode(2);
            if (manner == Manner.AnswersMuch) return new bytes(100_000);
            // A string, as an old token's reason is.
            // solhint-disable-next-line gas-custom-errors
            if (manner == Manner.RevertsWithMuch) revert(string(new bytes(100_000)));
        }
        if (manner == Manner.Reenters) _reenter();
        balanceOf[from] -= amount;
        balanceOf[to] += manner == Manner.TakesFee ? amount - 1 : amount;
        return manner == Manner.AnswersNothing ? bytes("") : abi.encode(true);
    }

    function _reenter() internal {
        manner = Manner.Plain;
        // solhint-disable-next-line avoid-low-level-calls
        (entered, answer) = _target.call(_call);
    }

    function _transferOf(bytes calldata arguments) internal view returns (address, address, uint256) {
        (address to, uint256 amount) = abi.decode(arguments, (address, uint256));
        return (msg.sender, to, amount);
    }
}
