// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {StudyTerms} from "../../contracts/research/interfaces/IStudyRegistry.sol";
import {RewardDistributor} from "../../contracts/research/RewardDistributor.sol";
import {RewardToken} from "../../contracts/research/RewardToken.sol";
import {StudyRewards} from "../../contracts/research/StudyRewards.sol";
import {Categories} from "../../contracts/types/Categories.sol";
import {Purpose} from "../../contracts/types/Purpose.sol";
import {Role} from "../../contracts/types/Role.sol";
import {StudyId, StudyKey} from "../../contracts/types/Study.sol";
import {vm} from "../Vm.sol";
import {RefusingToken} from "./RefusingToken.sol";
import {World} from "./World.sol";

/// @notice The world with the research contracts, and everybody who studies, approves, takes part and pays.
contract ResearchWorld is World {
    uint256 public constant STUDY_COUNT = 4;

    /// @notice HRESCH: its place in `PurposeOfUse`.
    uint8 public constant RESEARCH_BIT = 38;

    /// @notice Conditions, laboratory and vital signs.
    uint48 public constant CATEGORIES = 2 ** 2 + 2 ** 5 + 2 ** 6;

    StudyRewards public immutable STUDIES;
    RewardDistributor public immutable DISTRIBUTOR;

    /// @notice Of six decimals; its issuer now and then stops a payee.
    RefusingToken public immutable MONEY;

    /// @notice Of eighteen decimals, minted by the admin.
    RewardToken public immutable POINTS;

    /// @notice On the first sponsor's staff, and a practitioner who authors records.
    address public immutable MONITOR;

    /// @notice On the first steward's staff.
    address public immutable COORDINATOR;

    /// @notice On the first board's staff, and on the university's.
    address public immutable SECRETARY;

    /// @notice A company, and a university with a laboratory of its own.
    address[] public sponsors;

    /// @notice Two boards, and the monitor, who is licensed as one.
    address[] public boards;

    address[] public stewards;

    /// @notice A laboratory, a doctor, the university and the monitor: the last two do not count where they are the sponsor.
    address[] public authors;

    constructor(address admin) World(admin) {
        STUDIES = new StudyRewards(ACCREDITATION, CONSENTS, RECORDS);
        DISTRIBUTOR = new RewardDistributor();
        MONEY = new RefusingToken();
        POINTS = new RewardToken(address(MANAGER), type(uint128).max);
        MONITOR = staff[0];
        COORDINATOR = staff[1];
        SECRETARY = account("secretary");
        patients.push(account("fourth patient"));
        patients.push(account("fifth patient"));
        sponsors = [account("company"), account("university")];
        boards = [account("ethics board"), account("national board"), MONITOR];
        stewards = [account("hospital"), account("trial unit")];
        authors = [account("laboratory"), clinicians[0], sponsors[1], MONITOR];
        for (uint256 i; i < 2; ++i) {
            _license(sponsors[i], Role.Researcher);
            _furnish(sponsors[i]);
            _furnish(patients[i]);
        }
        for (uint256 i; i < boards.length; ++i) _license(boards[i], Role.EthicsBoard);
        for (uint256 i; i < authors.length; ++i) _license(authors[i], roleOf(authors[i]));
        _hire(sponsors[0], MONITOR);
        _hire(stewards[0], COORDINATOR);
        _hire(boards[0], SECRETARY);
        _hire(sponsors[1], SECRETARY);
        for (uint256 i; i < patients.length; ++i) {
            vm.prank(patients[i]);
            CONSENTS.setDelegate(delegates[0], uint40(START + 30 days), Categories.wrap(2 ** 21 - 1));
        }
    }

    /// @notice In which role an author is licensed.
    function roleOf(address ofAuthor) public view returns (Role) {
        return ofAuthor == authors[0] || ofAuthor == sponsors[1] ? Role.Laboratory : Role.Practitioner;
    }

    /// @notice Two studies of each sponsor.
    function keyOf(uint256 study) public view returns (StudyKey memory) {
        return StudyKey(sponsors[study / 2], bytes32("NCT0000000") | bytes32((48 + study) << 168));
    }

    function idOf(uint256 study) external view returns (StudyId) {
        return StudyId.wrap(keccak256(abi.encode(keyOf(study))));
    }

    /// @notice The money or the points; of a study's number, its own: one study of each sponsor in each.
    function token(uint256 seed) public view returns (IERC20) {
        return seed % 2 == 0 ? IERC20(address(MONEY)) : IERC20(address(POINTS));
    }

    function unitOf(IERC20 ofToken) public view returns (uint96) {
        return address(ofToken) == address(MONEY) ? 10 ** 6 : 10 ** 18;
    }

    /// @notice Whether a payment would fail.
    function refuses(IERC20 ofToken, address payee) external view returns (bool) {
        return address(ofToken) == address(MONEY) && MONEY.refuses(payee);
    }

    /// @notice What a study promises first. Three rewards reach the cap, and the last is cut.
    function termsOf(uint256 study) external view returns (StudyTerms memory) {
        uint96 unit = unitOf(token(study));
        return
            StudyTerms({
                steward: stewards[study % 2],
                purpose: Purpose.wrap(RESEARCH_BIT),
                categories: Categories.wrap(CATEGORIES),
                enrolUntil: uint40(START + (30 + 10 * study) * 1 days),
                form: keccak256(abi.encode("form", study)),
                reward: 40 * unit,
                cap: 100 * unit + uint96(study),
                capacity: uint24(3 + (study % 3)),
                endsAt: uint40(START + (50 + 10 * study) * 1 days),
                token: address(token(study)),
                milestoneReward: 35 * unit,
                protocol: keccak256(abi.encode("protocol", study)),
                milestones: 3,
                refundAt: uint40(START + (60 + 10 * study) * 1 days),
                resultsDue: uint40(START + 365 days)
            });
    }

    function sponsor(uint256 seed) external view returns (address) {
        return sponsors[seed % sponsors.length];
    }

    function board(uint256 seed) external view returns (address) {
        return boards[seed % boards.length];
    }

    function steward(uint256 seed) external view returns (address) {
        return stewards[seed % stewards.length];
    }

    function author(uint256 seed) external view returns (address) {
        return authors[seed % authors.length];
    }

    function _license(address participant, Role role) internal {
        vm.prank(ADMIN);
        ACCREDITATION.setAccreditor(role, accreditors[0], true);
        vm.prank(accreditors[0]);
        ACCREDITATION.accredit(participant, role, type(uint40).max);
    }

    function _hire(address organisation, address member) internal {
        vm.prank(organisation);
        ACCREDITATION.setMember(member, type(uint40).max);
    }

    /// @dev Money of both kinds, and both contracts' leave to take it.
    function _furnish(address holder) internal {
        MONEY.mint(holder, type(uint96).max);
        vm.prank(ADMIN);
        POINTS.mint(holder, type(uint96).max);
        for (uint256 i; i < 2; ++i) {
            vm.prank(holder);
            token(i).approve(address(STUDIES), type(uint256).max);
            vm.prank(holder);
            token(i).approve(address(DISTRIBUTOR), type(uint256).max);
        }
    }
}
