// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice The moments at which something begins or ends, so that time can be moved right onto them.
abstract contract Calendar {
    uint256[] internal _moments;

    function moment(uint256 seed) external view returns (uint256) {
        return _moments.length == 0 ? 0 : _moments[seed % _moments.length];
    }

    function _mark(uint256 time) internal {
        _moments.push(time);
    }
}
